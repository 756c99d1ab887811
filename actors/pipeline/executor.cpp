#include "actors/pipeline/executor.hpp"

#include "actors/pipeline/middleware.hpp"
#include "store/model/new_job.hpp"
#include "store/model/text.hpp"
#include "store/schedule/cron.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <mutex>
#include <random>
#include <unordered_map>
#include <utility>

namespace callboard {

namespace {

using steady_clock = std::chrono::steady_clock;

// Longer timeouts would overflow the clock's nanoseconds.
constexpr duration longest_timeout = std::chrono::hours{24 * 365 * 10};

template <class... Fs>
struct overloaded : Fs... {
  using Fs::operator()...;
};

// Clang 14 does not deduce this by itself.
template <class... Fs>
overloaded(Fs...) -> overloaded<Fs...>;

// Random numbers in [0, 1), for any thread.
std::function<double()> make_draw() {
  struct source {
    std::mutex mutex;
    std::mt19937_64 engine{std::random_device{}()};
  };
  return [from = std::make_shared<source>()] {
    std::lock_guard guard{from->mutex};
    return std::uniform_real_distribution<double>{0.0, 1.0}(from->engine);
  };
}

std::string unknown_type(const job& work) {
  return "unknown type '" + work.type + "' in queue '" + work.queue + "'";
}

std::string reason(std::string text) {
  return text.empty() ? std::string{"no reason given"}
                      : storable_text(text, job_limits::error_bytes);
}

// "30 s", "0.25 s"
std::string seconds(duration span) {
  std::array<char, 32> text{};
  auto end = std::to_chars(text.data(), text.data() + text.size(),
                           std::chrono::duration<double>{span}.count())
                 .ptr;
  return std::string{text.data(), end} + " s";
}

// A job's own timeout wins; 0: none.
duration timeout_of_job(const job& work, const route* to) {
  auto timeout = work.timeout > duration{0} ? work.timeout
                 : to                       ? to->options.timeout
                                            : duration{0};
  return std::min(timeout, longest_timeout);
}

// The number of attempts that a job has: its own wins; 0: no end.
std::int32_t limit_of(const job& work, const route* to) {
  if (work.max_attempts > 0)
    return work.max_attempts;
  return to ? to->options.retry.max_attempts : 0;
}

std::string used_up(std::int32_t limit) {
  return "attempts used up (" + std::to_string(limit) + ")";
}

dead used_up(const std::string& why, std::int32_t limit) {
  return {reason(why + "; " + used_up(limit))};
}

// Why a cron schedule can't be followed, or nothing.
std::optional<std::string> fault_of(const cron_schedule& schedule) {
  auto parsed = cron::parse(schedule);
  if (!parsed)
    return parsed.error().message;
  // Whether a time exists at all does not depend on where the search starts.
  if (!parsed->next(time_point{}))
    return "'" + schedule.expression + "' never comes";
  return std::nullopt;
}

} // namespace

settlement as_cancelled(settlement what) {
  auto bury = [&](std::string why) {
    what.action = dead{reason("cancelled: " + std::move(why))};
  };
  if (auto* x = std::get_if<retried>(&what.action))
    bury(std::move(x->error));
  else if (auto* y = std::get_if<dead>(&what.action))
    bury(std::move(y->error));
  else if (std::holds_alternative<rescheduled>(what.action))
    bury("it wanted to be rescheduled");
  return what;
}

struct executor::impl {
  std::shared_ptr<const worker_config> config;
  std::shared_ptr<stop_board> board;
  log_sink log;
  std::function<double()> draw;
  steady_clock_function now;
  std::unordered_map<const route*, handler> chains;

  void compose(const route* to) {
    if (to && to->function)
      chains.emplace(to, standard_chain(config->middlewares, to->function));
  }

  outcome call(const leased_job& work, const route* to,
               const std::function<void()>& before_handler,
               duration& took) const;
};

executor::executor(std::shared_ptr<const worker_config> config,
                   std::shared_ptr<stop_board> board, log_sink log,
                   std::function<double()> draw, steady_clock_function now) {
  auto made = std::make_unique<impl>();
  made->config = std::move(config);
  made->board = std::move(board);
  made->log = std::move(log);
  made->draw = draw ? std::move(draw) : make_draw();
  made->now = now ? std::move(now) : [] {
    return steady_clock::now();
  };
  for (const auto& type : made->config->handle.types())
    made->compose(made->config->handle.find(type));
  made->compose(made->config->handle.rest());
  impl_ = std::move(made);
}

executor::~executor() = default;

const worker_config& executor::config() const noexcept {
  return *impl_->config;
}

// Steps 3 to 5: the handler chain, visible on the stop board meanwhile.
outcome executor::impl::call(const leased_job& work, const route* to,
                             const std::function<void()>& before_handler,
                             duration& took) const {
  auto chain = chains.find(to);
  if (chain == chains.end())
    return failed{"the handler of " + work.value.type + " is not a function"};
  auto start = now();
  auto timeout = timeout_of_job(work.value, to);
  stop_board::entry entry{.id = work.value.id,
                          .type = work.value.type,
                          .fence = work.fence,
                          .started = start,
                          .deadline = std::nullopt,
                          .ends_itself = to->isolated(),
                          .stop = {}};
  if (timeout > duration::zero())
    entry.deadline = start + timeout;
  context ctx{work.value, work.fence, entry.stop, entry.deadline, log, timeout};
  auto running = board->add(std::move(entry));
  if (before_handler)
    before_handler();
  took = duration{1};
  auto answer = chain->second(work.value, ctx);
  took = std::max(took, std::chrono::duration_cast<duration>(now() - start));
  return answer;
}

execution executor::run(const leased_job& work,
                        const std::function<void()>& before_handler) const {
  duration took{0};
  auto settled = [&](auto action) {
    return execution{{work.value.id, work.fence, std::move(action)}, took};
  };
  const auto* to = impl_->config->handle.find(work.value.type);
  if (!to)
    return settled(dead{unknown_type(work.value)});
  if (auto limit = limit_of(work.value, to);
      limit > 0 && work.value.attempt > limit) {
    const auto& last = work.value.last_error;
    return settled(last.empty() ? dead{used_up(limit)} : used_up(last, limit));
  }
  // The chain recovers what handlers throw; this is for everything around it.
  try {
    auto answer = impl_->call(work, to, before_handler, took);
    return {resolve(work, std::move(answer)), took};
  } catch (const std::exception& x) {
    return settled(dead{reason(x.what())});
  } catch (...) {
    return settled(dead{"unknown exception"});
  }
}

const route* executor::target_of(const leased_job& work) const {
  const auto* to = impl_->config->handle.find(work.value.type);
  if (!to || !to->target)
    return nullptr;
  auto limit = limit_of(work.value, to);
  return limit > 0 && work.value.attempt > limit ? nullptr : to;
}

duration executor::timeout_of(const leased_job& work) const {
  return timeout_of_job(work.value,
                        impl_->config->handle.find(work.value.type));
}

bool executor::last_attempt(const leased_job& work) const {
  auto limit
      = limit_of(work.value, impl_->config->handle.find(work.value.type));
  return limit > 0 && work.value.attempt >= limit;
}

settlement executor::resolve_hung(const leased_job& work,
                                  duration grace) const {
  auto whose = work.value.timeout > duration{0} ? "the job's" : "the type's";
  return resolve(work, failed{"timed out after " + seconds(timeout_of(work))
                              + " (" + whose + " timeout)"
                              + ", and its handler did not stop within "
                              + seconds(grace) + " more: it was given up"});
}

settlement executor::resolve(const leased_job& work, outcome answer) const {
  const auto* to = impl_->config->handle.find(work.value.type);
  auto limit = limit_of(work.value, to);
  auto last = limit > 0 && work.value.attempt >= limit;
  using action = decltype(settlement::action);
  auto resolved = std::visit(
      overloaded{
          [](completed) -> action { return completed{}; },
          [&](retried& x) -> action {
            if (last)
              return used_up(reason(std::move(x.error)), limit);
            return retried{std::max(x.after, duration::zero()),
                           reason(std::move(x.error))};
          },
          [&](failed& x) -> action {
            if (last)
              return used_up(reason(std::move(x.error)), limit);
            auto wait = to ? to->options.retry.wait : backoff{};
            return retried{
                wait.after(std::max(work.value.attempt, 1), impl_->draw()),
                reason(std::move(x.error))};
          },
          [](dead& x) -> action { return dead{reason(std::move(x.error))}; },
          [](rescheduled& x) -> action {
            if (auto* after = std::get_if<duration>(&x.next))
              *after = std::max(*after, duration::zero());
            else if (auto fault = fault_of(std::get<cron_schedule>(x.next)))
              return dead{reason("can't be rescheduled: " + *fault)};
            return std::move(x);
          }},
      answer);
  return {work.value.id, work.fence, std::move(resolved)};
}

} // namespace callboard
