#include "actors/pipeline/plugin.hpp"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <string>

// Handlers that kill their process, hang, or wait to be stopped. They write to
// the file `ledger` in the folder of the daemon what no crash can take back.

namespace {

using namespace callboard;

// One write each, so that lines of several processes do not mix.
void note(const std::string& line) {
  auto text = line + "\n";
  int file = ::open("ledger", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  [[maybe_unused]] auto written = ::write(file, text.data(), text.size());
  ::close(file);
}

std::string name_of(const job& work) {
  return work.id + " " + std::to_string(work.attempt);
}

outcome write_down(const job& work, context&) {
  note("did " + name_of(work));
  return complete();
}

// The arg says how.
outcome die(const job& work, context&) {
  note("died " + name_of(work));
  if (work.arg == "segfault")
    std::raise(SIGSEGV);
  else if (work.arg == "abort")
    std::abort();
  else if (work.arg == "exit")
    ::_exit(7);
  ::kill(::getpid(), SIGKILL);
  return complete();
}

outcome die_once(const job& work, context& ctx) {
  return work.attempt == 1 ? die(work, ctx) : write_down(work, ctx);
}

// Until it is stopped; later attempts complete at once.
outcome hold(const job& work, context& ctx) {
  if (work.attempt > 1)
    return write_down(work, ctx);
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock{mutex};
  stopped.wait(lock, ctx.stop(), [] { return false; });
  note("stopped " + name_of(work) + " " + to_string(ctx.why_stopped()));
  return fail("it was stopped");
}

// The first attempt waits at a pipe, deaf to everything else.
outcome deaf(const job& work, context& ctx) {
  if (work.attempt > 1)
    return write_down(work, ctx);
  int gate = ::open("gate1", O_RDONLY | O_CLOEXEC);
  char byte = 0;
  [[maybe_unused]] auto got = ::read(gate, &byte, 1);
  ::close(gate);
  note("came back " + name_of(work));
  return complete();
}

} // namespace

CALLBOARD_PLUGIN(handlers) {
  handlers.on("write", write_down);
  handlers.on("die", die);
  handlers.on("die_once", die_once);
  handlers.on("hold", hold);
  handlers.on("deaf", deaf);
}
