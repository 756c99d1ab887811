#include "actors/handler/actor_handler.hpp"
#include "store/model/new_job.hpp"
#include "tests/actors/simulation/process_impl.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

/// The half of a process that is its user's: client calls and handlers.
namespace callboard::simulation {

using namespace callboard::actors;
using namespace std::chrono_literals;

namespace {

constexpr auto every = "any";

retry_policy policy_of(const std::string& queue) {
  return {.max_attempts = attempts_of(queue),
          .wait = {.shape = backoff::kind::exponential,
                   .first = 10ms,
                   .limit = 500ms,
                   .jitter = 0.2}};
}

/// What the database throws reaches the caller of the client.
template <class F>
result<void> caught(F&& call) {
  try {
    return call();
  } catch (const std::exception& e) {
    return error{errc::internal, e.what()};
  }
}

} // namespace

// -- the client ---------------------------------------------------------------

void process::upgrade(const std::vector<queue_plan>& queues, duration grace) {
  auto& all = *impl_;
  impl::plan next;
  std::vector<worker_config> configs;
  std::string said;
  for (const auto& x : queues) {
    configs.push_back(all.config_of(x));
    next.limits[x.queue] = static_cast<std::size_t>(x.concurrency);
    said += " " + x.queue + "=" + std::to_string(x.concurrency);
  }
  all.setup.books.note("upgrade of process " + std::to_string(number()) + ":"
                       + said);
  auto checked = std::make_shared<const std::vector<worker_config>>(
      normalize(std::move(configs)).value());
  next.ticket = all.stage->ask(all.supervisor, upgrade_call{checked, grace});
  all.plans.push_back(std::move(next));
  all.update_limits();
}

bool process::upgrades_answered() {
  auto& plans = impl_->plans;
  for (auto& x : plans)
    x.answered = x.answered || impl_->stage->answer(x.ticket).has_value();
  // What is older than one that has drained is over.
  for (auto i = plans.size(); i-- > 1;) {
    auto answer = impl_->stage->answer(plans[i].ticket);
    if (!answer || !answer->drained)
      continue;
    plans.erase(plans.begin(), plans.begin() + static_cast<std::ptrdiff_t>(i));
    break;
  }
  impl_->update_limits();
  return std::all_of(plans.begin(), plans.end(),
                     [](const auto& x) { return x.answered; });
}

void process::close(duration grace) {
  impl_->setup.books.note("close of process " + std::to_string(number()));
  impl_->closing = impl_->stage->ask(impl_->supervisor, close_call{grace});
}

bool process::closing() const {
  return impl_->closing.has_value();
}

std::optional<drain_report> process::closed() {
  if (!impl_->closing)
    return std::nullopt;
  return impl_->stage->answer(*impl_->closing);
}

result<void> process::enqueue(const std::vector<new_job>& jobs) {
  auto& all = *impl_;
  auto ready = prepare(jobs).value();
  auto stored = caught([&]() -> result<void> {
    if (!all.own_connection || all.own_connection->broken()) {
      auto made = all.database->connect();
      if (!made)
        return made.error();
      all.own_connection = std::move(*made);
    }
    return all.own_connection->enqueue(ready);
  });
  if (!stored)
    return stored;
  for (const auto& x : ready) {
    caf::anon_send(all.supervisor, wake_up{x.queue, x.delay});
    (void)caught([&] { return all.own_connection->wake({x.queue}); });
  }
  return {};
}

result<void> process::cancel(const std::string& id) {
  return caught([&]() -> result<void> {
    auto made = impl_->database->connect();
    if (!made)
      return made.error();
    auto done = (*made)->cancel({id});
    return done ? result<void>{} : result<void>{done.error()};
  });
}

// -- the workers --------------------------------------------------------------

void process::impl::update_limits() {
  std::map<std::string, std::size_t> most{
      {"mail", 0}, {"bulk", 0}, {"held", 0}, {"agent", 0}};
  for (const auto& one : plans)
    for (const auto& [queue, limit] : one.limits)
      most[queue] = std::max(most[queue], limit);
  for (const auto& [queue, limit] : most)
    setup.books.allow(setup.number, queue, limit);
}

worker_config process::impl::config_of(const queue_plan& what) {
  worker_config config{.queue = what.queue,
                       .concurrency = what.concurrency,
                       .poll_interval = what.poll};
  type_options options{.retry = policy_of(what.queue), .timeout = what.timeout};
  auto timeout = what.timeout;
  if (what.queue == "agent") {
    performers.push_back(testing::spawn_performer(
        stage->system(),
        [this, timeout, me = performers.size()](const job_call& call) {
          return begin_call(me, call, timeout);
        }));
    config.handle.on(every, to_target(performers.back()), options);
    return config;
  }
  config.handle.on(
      every,
      [this, timeout](const job& work, context& ctx) {
        return perform(work, ctx, timeout);
      },
      options);
  return config;
}

duration process::impl::deadline(duration timeout) const {
  return timeout > duration{0} ? setup.now + timeout + setup.settings.hung_grace
                               : duration::max();
}

outcome process::impl::perform(const job& work, context& ctx,
                               duration timeout) {
  if (down)
    return complete();
  auto what
      = setup.books.started(setup.number, work, ctx.fence(), deadline(timeout));
  if (what.what == deed::verb::kill) {
    setup.books.note("the handler kills its process");
    doomed = true;
    await([] { return false; }, std::chrono::hours{1000});
    return complete();
  }
  auto stopped = [&] {
    return what.what == deed::verb::linger && ctx.stop().stop_requested();
  };
  await(stopped, what.took);
  if (down)
    return complete();
  setup.books.ended(setup.number, ctx.fence(), what.what);
  if (what.what == deed::verb::raise)
    throw std::runtime_error{"thrown by its script"};
  if (what.what == deed::verb::beget)
    beget();
  return answer_of(work, what);
}

outcome process::impl::answer_of(const job&, const deed& what) const {
  switch (what.what) {
  case deed::verb::retry:
  case deed::verb::linger:
    return retry(what.then, "retried by its script");
  case deed::verb::fail:
    return fail("failed by its script");
  case deed::verb::reschedule:
    return reschedule(by_after(what.then));
  case deed::verb::bury:
  case deed::verb::raise:
    return move_to_dlq("buried by its script");
  default:
    return complete();
  }
}

void process::impl::beget() {
  // A handler's own enqueue, on a connection of its own.
  new_job child{.queue = "mail",
                .type = every,
                .arg = to_text({{}}),
                .id = "child-" + std::to_string(setup.number) + "-"
                      + std::to_string(++born)};
  auto stored = caught([&]() -> result<void> {
    auto made = database->connect();
    if (!made)
      return made.error();
    return (*made)->enqueue(prepare({child}).value());
  });
  if (stored)
    caf::anon_send(supervisor, wake_up{child.queue, duration{0}});
}

void process::impl::begin_held(const leased_job& work) {
  if (down)
    return;
  auto what = setup.books.started(setup.number, work.value, work.fence,
                                  duration::max());
  auto fence = work.fence;
  auto find = [this, fence]() -> const testing::desk::job* {
    for (const auto& x : desk->running)
      if (x.fence == fence)
        return &x;
    return nullptr;
  };
  if (what.what == deed::verb::kill) {
    doomed = true;
    return;
  }
  auto stopped = [what, find] {
    const auto* job = find();
    return !job || (what.what == deed::verb::linger && job->stop.requested());
  };
  schedule(what.took, stopped, [this, find, work, what] {
    const auto* job = find();
    if (!job || down)
      return;
    setup.books.ended(setup.number, work.fence, what.what);
    auto finish = job->finish;
    finish(answer_of(work.value, what));
  });
}

std::string process::impl::begin_call(std::size_t performer,
                                      const job_call& call, duration timeout) {
  auto key = call.id + "#" + std::to_string(call.fence);
  if (down)
    return key;
  job work;
  work.id = call.id;
  work.arg = call.arg;
  work.attempt = call.attempt;
  // With a timeout, the slot may give up before the performer has even read
  // its call.
  auto what = setup.books.started(setup.number, work, call.fence,
                                  timeout > duration{0} ? setup.now
                                                        : duration::max());
  if (what.what == deed::verb::kill) {
    doomed = true;
    return key;
  }
  schedule(what.took, nullptr, [this, performer, key, work, call, what] {
    if (down)
      return;
    const auto& to = performers[performer];
    // An actor's error is left to the retry policy.
    auto raises = what.what == deed::verb::raise;
    setup.books.ended(setup.number, call.fence,
                      raises ? deed::verb::fail : what.what);
    if (raises)
      caf::anon_send(to, key);
    else
      caf::anon_send(to, key, callboard::answer(answer_of(work, what)));
  });
  return key;
}

} // namespace callboard::simulation
