#include "app/handlers/builtin_handlers.hpp"

#include "config/duration.hpp"
#include "store/model/text.hpp"

#include <condition_variable>
#include <mutex>

namespace callboard::app {

namespace {

constexpr std::size_t echo_limit = 1024;

outcome interrupted(const context& ctx) {
  auto why = ctx.why_stopped();
  if (why != stop_reason::timed_out)
    return fail("stopped (" + std::string{to_string(why)} + ")");
  return fail(ctx.timeout() > duration::zero()
                  ? "timed out after " + config::duration_text(ctx.timeout())
                  : "timed out");
}

} // namespace

handler make_noop_handler() {
  return [](const job&, context&) {
    return complete();
  };
}

handler make_sleep_handler(const config::sleep_settings& from) {
  return [time = from.time](const job&, context& ctx) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock guard{mutex};
    changed.wait_for(guard, ctx.stop(), time, [] { return false; });
    return ctx.stop().stop_requested() ? interrupted(ctx) : complete();
  };
}

handler make_echo_handler() {
  return [](const job& work, context& ctx) {
    ctx.log(log_level::info, "echo: " + storable_text(work.arg, echo_limit));
    return complete();
  };
}

handler make_fail_handler(const config::fail_settings& from) {
  return [from](const job&, context& ctx) {
    if (from.times && ctx.attempt() > *from.times)
      return complete();
    return fail(from.error);
  };
}

} // namespace callboard::app
