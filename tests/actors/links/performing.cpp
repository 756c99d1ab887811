#include "tests/actors/links/performing.hpp"

#include "actors/cluster/greeting.hpp"
#include "actors/pipeline/worker_config.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>

namespace callboard::tests {

using namespace callboard::actors;
using namespace std::chrono_literals;

namespace {

caf::behavior caller(caf::event_based_actor*, std::vector<job_answer>* to) {
  return {[to](const job_answer& x) {
    to->push_back(x);
  }};
}

caf::behavior supervisor(caf::event_based_actor*,
                         std::shared_ptr<std::size_t> slots) {
  return {[slots](const slots_offered& x) {
    *slots = x.slots;
  }};
}

caf::behavior metrics(caf::event_based_actor*, int) {
  return {[](const event_batch&) {
  }};
}

wire::hello_v1 hello(wire::peer_kind kind, const std::string& name) {
  return make_hello(kind, name, name + "-1");
}

std::shared_ptr<const std::vector<worker_config>>
workers(std::size_t concurrency) {
  // The held slots call no handler.
  std::vector<worker_config> all{{.queue = "gpu",
                                  .concurrency = static_cast<int>(concurrency),
                                  .handle = mux{[](const job&, context&) {
                                    return complete();
                                  }}}};
  return std::make_shared<const std::vector<worker_config>>(
      normalize(std::move(all)).value());
}

bool is_loss(const job_answer& x) {
  return x.result == job_answer::retried
         && x.error.starts_with("performer lost: p (");
}

} // namespace

performing::performing(std::uint64_t seed, fate what,
                       std::optional<std::size_t> lose_after)
    : world_{std::make_unique<two_systems>(seed)}, chance_{world_->chance},
      left_{4 + chance_.below(8)}, fate_{what}, when_{chance_.below(500)},
      concurrency_{1 + chance_.below(4)} {
  world_->lose_after = lose_after;
  auto& at_node = world_->node.stage.system();
  pool_ = spawn_performer_pool(at_node,
                               {.supervisor = caf::actor_cast<supervisor_actor>(
                                    at_node.spawn(supervisor, slots_)),
                                .log = {}});
  auto& far = world_->dialler.stage.system();
  performer_ = spawn_performer(
      far, {.name = "p",
            .numbers = std::make_shared<counters>(),
            .metrics = caf::actor_cast<metrics_actor>(far.spawn(metrics, 0)),
            .log = {},
            .hung_grace = 1h,
            .draw = [] { return 0.5; },
            .linked = std::make_shared<std::atomic<std::size_t>>(0),
            .make_slot =
                [this](caf::actor_system& sys, slot_options slot) {
                  return testing::spawn_held_slot(sys, std::move(slot), desk_);
                },
            .mode = spawn_mode::scheduled});
  desk_->on_start = [this](const leased_job& work) {
    ++jobs_.at(work.value.id).begun;
  };
  caf::anon_send(performer_, upgrade_call{workers(concurrency_), 1h});
}

performing::~performing() {
  // Handles go before their systems; what actors write to, after them.
  for (auto& [id, x] : jobs_)
    x.caller = nullptr;
  desk_->running.clear();
  desk_->on_start = nullptr;
  pool_ = nullptr;
  performer_ = nullptr;
  world_.reset();
}

// -- what happens -------------------------------------------------------------

void performing::connect() {
  world_->connect({hello(wire::peer_kind::performer, "p"),
                   caf::actor_cast<link_owner_actor>(performer_)},
                  {hello(wire::peer_kind::node, "n"),
                   caf::actor_cast<link_owner_actor>(pool_)});
}

void performing::submit() {
  auto number = jobs_.size() + 1;
  auto id = std::to_string(number);
  auto& x = jobs_[id];
  x.caller = world_->node.stage.system().spawn(caller, &x.answers);
  caf::send_as(x.caller, pool_, perform_atom_v,
               job_call{.id = id,
                        .queue = "gpu",
                        .type = "t",
                        .arg = std::string(chance_.below(300), 'x'),
                        .fence = static_cast<std::int64_t>(number)});
}

void performing::end_one() {
  if (desk_->running.empty())
    return;
  auto one = chance_.one_of(desk_->running);
  jobs_.at(one.id).ended = true;
  seen_.stopped += one.stop.requested() ? 1 : 0;
  one.finish(complete());
}

void performing::ask_to_stop() {
  if (jobs_.empty())
    return;
  auto number = 1 + chance_.below(jobs_.size());
  auto& x = jobs_.at(std::to_string(number));
  if (!x.answers.empty())
    return;
  x.stop_asked = true;
  job_stop stop{.id = std::to_string(number),
                .fence = static_cast<std::int64_t>(number)};
  stop.reason = static_cast<std::uint8_t>(stop_reason::cancelled);
  caf::anon_send(pool_, stop);
}

void performing::end_performer() {
  closing_ = true;
  if (fate_ == fate::closes)
    return caf::anon_send(performer_, close_call{1h});
  dead_ = true;
  caf::anon_send_exit(performer_, caf::exit_reason::kill);
}

void performing::run() {
  connect();
  if (world_->lose_after == 0U)
    world_->lose();
  auto ends = fate_ != fate::stays;
  for (std::size_t i = 0; world_->step() || left_ > 0 || (ends && i <= when_);
       ++i) {
    if (ends && i == when_)
      end_performer();
    // Hardly any before the offer: nobody could take them.
    if (left_ > 0 && chance_.once_in(*slots_ > 0 ? 40 : 300)) {
      --left_;
      submit();
    }
    if (chance_.once_in(10))
      end_one();
    if (chance_.once_in(30))
      ask_to_stop();
  }
  calm_down();
  for (const auto& [id, x] : jobs_)
    check(id, x);
  check_rest();
  if (world_->lost && !closing_)
    come_back();
}

void performing::calm_down() {
  world_->pass(10s);
  // Whose stop was asked for, and got to the performer, knows.
  for (const auto& one : desk_->running) {
    CAPTURE(one.id);
    const auto& x = jobs_.at(one.id);
    if (!dead_)
      REQUIRE(one.stop.requested() == (x.stop_asked || world_->lost));
  }
  while (!desk_->running.empty()) {
    end_one();
    world_->settle();
  }
  world_->pass(10s);
}

// -- what was promised --------------------------------------------------------

void performing::check(const std::string& id, const job& x) {
  CAPTURE(id, x.begun, x.ended, world_->lost, world_->arrivals);
  REQUIRE(x.answers.size() == 1);
  const auto& answer = x.answers.front();
  CAPTURE(answer.result, answer.error);
  REQUIRE(x.begun <= 1);
  if (answer.result == job_answer::completed) {
    REQUIRE(x.begun == 1);
    REQUIRE(x.ended);
    ++seen_.completed;
  } else if (answer.result == job_answer::declined) {
    REQUIRE(x.begun == 0);
    ++seen_.declined;
  } else {
    REQUIRE(is_loss(answer));
    REQUIRE(broken());
    ++seen_.lost;
    seen_.in_vain += x.ended ? 1 : 0;
  }
}

void performing::check_rest() {
  auto linked = std::size_t{world_->lost || closing_ ? 0U : 1U};
  for (const auto& one : world_->sides)
    REQUIRE(one.stage.living("link").size() == linked);
  REQUIRE(*slots_ == linked * concurrency_);
}

void performing::come_back() {
  world_->lose_after.reset();
  connect();
  world_->pass(1s);
  REQUIRE(*slots_ == concurrency_);
  submit();
  world_->settle();
  auto& last = jobs_.at(std::to_string(jobs_.size()));
  REQUIRE(last.begun == 1);
  end_one();
  world_->settle();
  REQUIRE(last.answers.size() == 1);
  REQUIRE(last.answers.front().result == job_answer::completed);
}

} // namespace callboard::tests
