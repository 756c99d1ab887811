// The C++ handlers of the chaos test. Each writes into the ledger when it
// begins and when it knows its outcome.

#include "actors/pipeline/plugin.hpp"
#include "tests/chaos/ledger.hpp"

#include <signal.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using namespace callboard;
using namespace std::chrono_literals;

/// False: it was told to stop.
bool work_for(int milliseconds, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any told;
  std::unique_lock lock{mutex};
  told.wait_for(lock, stop, std::chrono::milliseconds{milliseconds},
                [] { return false; });
  return !stop.stop_requested();
}

class performance {
public:
  performance(const job& work, const context& ctx, const chaos::plan& what)
      : line_{.id = work.id,
              .fence = ctx.fence(),
              .attempt = ctx.attempt(),
              .steps = what.steps,
              .life = {}} {
    chaos::write_down(line_);
  }

  outcome end(const char* result, outcome answer) {
    line_.begins = false;
    line_.result = result;
    chaos::write_down(line_);
    return answer;
  }

private:
  chaos::ledger_line line_;
};

/// What an ordinary job answers after its work.
outcome answer(performance& mine, const job& work, const chaos::plan& what) {
  if (work.type == "throw") {
    mine.end("throw", complete());
    throw std::runtime_error{"thrown on purpose"};
  }
  if (what.steps > 0) {
    auto rest = what;
    --rest.steps;
    return mine.end("reschedule",
                    reschedule(by_after(50ms), with_arg{to_text(rest)}));
  }
  if (work.attempt <= what.failures)
    return work.type == "policy"
               ? mine.end("fail", fail("failed on purpose"))
               : mine.end("retry", retry(100ms, "retried on purpose"));
  return mine.end("complete", complete());
}

outcome perform(const job& work, context& ctx) {
  auto what = chaos::parse_plan(work.arg);
  if (!what)
    return move_to_dlq("the arg is no plan");
  performance mine{work, ctx, *what};
  if (!work_for(what->milliseconds, ctx.stop()))
    return mine.end("stopped", fail("told to stop"));
  return answer(mine, work, *what);
}

/// A handler that kills its process after its work, each in its own way.
handler poison(void (*kill)()) {
  return [kill](const job& work, context& ctx) -> outcome {
    auto what = chaos::parse_plan(work.arg).value_or(chaos::plan{});
    performance mine{work, ctx, what};
    if (!work_for(what.milliseconds, ctx.stop()))
      return mine.end("stopped", fail("told to stop"));
    kill();
    return complete();
  };
}

} // namespace

CALLBOARD_PLUGIN(handlers) {
  for (const auto* type :
       {"plain", "special", "retry", "policy", "again", "throw", "once"})
    handlers.on(type, perform);
  handlers.on("poison_exit", poison([] { _exit(99); }));
  handlers.on("poison_abort", poison([] { std::abort(); }));
  // Of this thread: one of the process might let it answer before it ends.
  handlers.on("poison_segv", poison([] { raise(SIGSEGV); }));
}
