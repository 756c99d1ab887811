#include "tests/actors/isolation/handlers.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <stdexcept>

namespace callboard::test {

namespace {

using namespace std::chrono_literals;

// A sanitizer turns this signal into an exit code of its own.
void die_by(int number) {
  ::signal(number, SIG_DFL);
  ::raise(number);
}

void say(context& ctx, const std::string& text) {
  ctx.log(log_level::info, text);
}

[[noreturn]] void sleep_for_ever() {
  for (;;)
    ::pause();
}

void await_stop(const context& ctx) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock{mutex};
  changed.wait(lock, ctx.stop(), [] { return false; });
}

// Takes memory until there is none.
void hog() {
  std::vector<std::unique_ptr<char[]>> all;
  for (;;) {
    all.push_back(std::make_unique<char[]>(1 << 20));
    all.back()[0] = 1;
  }
}

void hog_and_never_throw() noexcept {
  hog();
}

[[noreturn]] void spin() {
  for (std::atomic<bool> on = true;;)
    on = !on;
}

// Does something when the process ends by itself.
struct last_words {
  explicit last_words(void (*what)()) : say{what} {}
  ~last_words() { say(); }
  void (*say)();
};

pid_t fork_sleeper() {
  auto child = ::fork();
  if (child == 0)
    sleep_for_ever();
  return child;
}

outcome stay_behind(const job&, context& ctx) {
  say(ctx, std::to_string(fork_sleeper()));
  return complete();
}

// The copy returns, too.
outcome return_twice(const job&, context& ctx) {
  auto child = ::fork();
  if (child == 0)
    return move_to_dlq("from the copy");
  say(ctx, std::to_string(child));
  return complete();
}

outcome write_garbage(const job& work, context& ctx) {
  (void)!::write(3, work.arg.data(), work.arg.size());
  await_stop(ctx);
  return complete();
}

outcome report(const job& work, context& ctx) {
  return fail(work.id + "," + work.queue + "," + work.type + "," + work.arg
              + "," + ctx.request_id() + "," + std::to_string(ctx.attempt())
              + "," + std::to_string(ctx.fence()) + ","
              + (ctx.deadline() ? "deadline" : "no deadline") + ","
              + std::to_string(ctx.timeout() / 1s));
}

handler always(outcome what) {
  return [what](const job&, context&) {
    return what;
  };
}

// A handler that does something and would complete if it lived.
template <class F>
handler after(F act) {
  return [act](const job& work, context& ctx) {
    act(work, ctx);
    return complete();
  };
}

mux well_behaved() {
  mux all;
  all.on("complete", always(complete()));
  all.on("report", report);
  all.on("retry", always(retry(7s, "later")));
  all.on("by_cron", always(reschedule(by_cron("0 3 * * *", "Europe/Berlin"),
                                      with_arg{std::string{"a\0b", 3}})));
  all.on("echo", [](const job& work, context&) {
    return reschedule(by_after(5s), with_arg{work.arg});
  });
  all.on("throw", [](const job&, context&) -> outcome {
    throw std::runtime_error{"thrown in a process"};
  });
  all.on("pid",
         [](const job&, context&) { return fail(std::to_string(::getpid())); });
  all.on("log", after([](const job&, context& ctx) {
           ctx.log(log_level::warning, "a warning");
           ctx.log(log_level::debug, "detail");
         }));
  all.on("wait", [](const job&, context& ctx) {
    say(ctx, std::to_string(::getpid()));
    await_stop(ctx);
    return retry(1s, to_string(ctx.why_stopped()));
  });
  all.on("descriptors", [](const job&, context&) {
    std::string open;
    for (int each = 0; each < 1024; ++each)
      if (::fcntl(each, F_GETFD) != -1)
        open += std::to_string(each) + " ";
    return fail(open);
  });
  return all;
}

void add_crashes(mux& all) {
  all.on("segv", after([](const job&, context&) { die_by(SIGSEGV); }));
  all.on("abort", after([](const job&, context&) { die_by(SIGABRT); }));
  all.on("exit", after([](const job& work, context&) {
           ::_exit(std::stoi(work.arg));
         }));
  all.on("exit_badly", after([](const job&, context&) {
           static last_words words{[] {
             die_by(SIGSEGV);
           }};
           std::exit(0);
         }));
  all.on("end_never", after([](const job&, context& ctx) {
           static last_words words{sleep_for_ever};
           say(ctx, std::to_string(::getpid()));
         }));
  all.on("die", after([](const job&, context& ctx) {
           say(ctx, std::to_string(::getpid()));
           sleep_for_ever();
         }));
  all.on("hog", after([](const job&, context&) { hog(); }));
  all.on("hog_and_never_throw",
         after([](const job&, context&) { hog_and_never_throw(); }));
  all.on("spin", after([](const job&, context&) { spin(); }));
  all.on("freeze", after([](const job&, context& ctx) {
           say(ctx, std::to_string(::getpid()));
           ::raise(SIGSTOP);
         }));
  all.on("stay_behind", stay_behind);
  all.on("stay_and_crash", after([](const job&, context& ctx) {
           say(ctx, std::to_string(fork_sleeper()));
           die_by(SIGKILL);
         }));
  all.on("return_twice", return_twice);
  all.on("garbage", write_garbage);
  all.on("hang_up", after([](const job&, context&) { ::close(3); }));
}

middleware tell_order(const std::string& name) {
  return [name](handler next) -> handler {
    return [name, next = std::move(next)](const job& work, context& ctx) {
      say(ctx, name + " in " + std::to_string(::getpid()));
      return next(work, ctx);
    };
  };
}

} // namespace

std::vector<worker_config> make_workers(const std::string& startup) {
  if (startup == "throw")
    throw std::runtime_error{"no workers today"};
  if (startup == "exit")
    ::_exit(9);
  if (startup == "hog")
    hog();
  if (startup == "none")
    return {};
  auto all = well_behaved();
  add_crashes(all);
  worker_config made{.queue = "good", .handle = std::move(all)};
  if (startup == "middlewares")
    made.middlewares = {tell_order("outer"), tell_order("inner")};
  return {made};
}

} // namespace callboard::test
