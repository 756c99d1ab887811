#include "tests/support/tree_fixture.hpp"

#include "actors/handler/actor_handler.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "store/model/new_job.hpp"
#include "tests/support/actor_stage.hpp"
#include "tests/support/held_slot.hpp"
#include "tests/support/performer.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace callboard::testing {

using namespace callboard::actors;

struct tree_fixture::impl {
  supervisor_actor supervisor;
  std::shared_ptr<desk> shared;
  std::shared_ptr<std::vector<std::string>> asked
      = std::make_shared<std::vector<std::string>>();
  std::shared_ptr<std::vector<std::string>> stops
      = std::make_shared<std::vector<std::string>>();
  performer_actor performing;
  std::shared_ptr<watched_counters> numbers
      = std::make_shared<watched_counters>();
  std::vector<std::string> said;
  std::vector<std::string> failed;
  // Ends first: it still uses the others then.
  actor_stage stage;

  void spawn_performing() {
    performing = spawn_performer(
        stage.system(),
        [all = asked](const job_call& x) {
          all->push_back(x.id);
          return x.id;
        },
        [all = stops](const job_stop& x) {
          all->push_back(x.id + " "
                         + to_string(static_cast<stop_reason>(x.reason)));
        });
  }

  const desk::job& running(const std::string& id) const {
    if (const auto* job = shared->find(id))
      return *job;
    throw failure{{errc::job_not_found, "'" + id + "' does not run"}};
  }
};

tree_fixture::tree_fixture() : tree_fixture{client_options{}} {}

tree_fixture::tree_fixture(client_options options)
    : db{std::make_shared<memory_database>()},
      events{std::make_shared<event_log>()}, impl_{std::make_unique<impl>()} {
  options.node_name = "this-node";
  options.observers.push_back(events);
  auto* raw = impl_.get();
  raw->stage.overhear = [raw](std::string line) {
    raw->said.push_back(std::move(line));
  };
  options.on_failure = [raw](const error& why) {
    raw->failed.push_back(to_string(why));
  };
  supervisor_options tree{.db = db,
                          .settings = std::move(options),
                          .numbers = raw->numbers,
                          .draw = [] { return 0.5; },
                          .mode = spawn_mode::scheduled};
  tree.make_slot = [raw](caf::actor_system& sys, slot_options slot) {
    if (!raw->shared)
      return spawn_slot(sys, std::move(slot));
    return spawn_held_slot(sys, std::move(slot), raw->shared);
  };
  impl_->supervisor = spawn_supervisor(impl_->stage.system(), std::move(tree));
}

tree_fixture::~tree_fixture() {
  impl_->performing = nullptr;
  impl_->supervisor = nullptr;
}

void tree_fixture::settle() {
  impl_->stage.settle();
}

bool tree_fixture::step(std::uint64_t seed) {
  return impl_->stage.run(seed);
}

void tree_fixture::pass(duration by) {
  db->advance(by);
  impl_->stage.advance(by);
}

void tree_fixture::advance(duration by) {
  settle();
  for (duration step{std::chrono::milliseconds{1}}; by > duration{0};
       by -= step) {
    pass(std::min(by, step));
    settle();
  }
}

tree_fixture::ticket tree_fixture::upgrade(std::vector<worker_config> configs,
                                           duration grace) {
  auto checked = normalize(std::move(configs)).value();
  // As a node does, with its pool.
  for (auto& config : checked)
    if (config.performers)
      config.handle.otherwise(
          std::make_shared<actor_target>(impl_->performing,
                                         std::chrono::hours{1}, true),
          {.timeout = config.performers->timeout});
  return impl_->stage.ask(
      impl_->supervisor,
      upgrade_call{std::make_shared<const std::vector<worker_config>>(
                       std::move(checked)),
                   grace});
}

tree_fixture::ticket tree_fixture::close(duration grace) {
  return impl_->stage.ask(impl_->supervisor, close_call{grace});
}

std::optional<drain_report> tree_fixture::answer(ticket to) {
  return impl_->stage.answer(to);
}

void tree_fixture::enqueue(std::vector<new_job> jobs) {
  auto ready = prepare(std::move(jobs)).value();
  db->connect().value()->enqueue(ready).value();
  for (const auto& job : ready)
    caf::anon_send(impl_->supervisor, wake_up{job.queue, job.delay});
}

void tree_fixture::store(new_job job) {
  std::vector<new_job> one;
  one.push_back(std::move(job));
  db->connect().value()->enqueue(prepare(std::move(one)).value()).value();
}

void tree_fixture::wake(const std::string& queue) {
  caf::anon_send(impl_->supervisor, wake_up{queue, duration{0}});
}

std::vector<cancel_answer>
tree_fixture::cancel(const std::vector<std::string>& ids, bool hint) {
  auto answers = db->connect().value()->cancel(ids).value();
  if (hint)
    caf::anon_send(impl_->supervisor, cancel_atom_v);
  return answers;
}

void tree_fixture::hear_of_join() {
  settle();
  caf::anon_send(
      caf::actor_cast<keeper_actor>(impl_->stage.living("keeper").front()),
      joined_atom_v);
}

std::vector<queue_status> tree_fixture::status() {
  caf::scoped_actor self{impl_->stage.system()};
  auto handle = self->request(impl_->supervisor, caf::infinite, status_atom_v);
  settle();
  std::vector<queue_status> all;
  if (self->has_next_message())
    handle.receive([&](std::vector<queue_status>& x) { all = std::move(x); },
                   [](const caf::error&) {});
  return all;
}

void tree_fixture::control_slots(duration timeout) {
  impl_->shared = std::make_shared<desk>();
  impl_->shared->timeout = timeout;
}

bool tree_fixture::stop_requested(const std::string& id) const {
  const auto* job = impl_->shared->find(id);
  return job && job->stop.requested();
}

stop_reason tree_fixture::why_stopped(const std::string& id) const {
  const auto* job = impl_->shared->find(id);
  return job ? job->stop.reason() : stop_reason::none;
}

std::vector<std::string> tree_fixture::running() const {
  std::vector<std::string> ids;
  for (const auto& job : impl_->shared->running)
    ids.push_back(job.id);
  return ids;
}

std::size_t tree_fixture::peak() const {
  return impl_->shared->peak;
}

void tree_fixture::finish(const std::string& id, outcome what) {
  auto end = impl_->running(id).finish;
  end(std::move(what));
}

void tree_fixture::kill_slot(const std::string& id) {
  actor_stage::kill(impl_->running(id).slot);
}

void tree_fixture::kill(const std::string& name) {
  auto found = impl_->stage.living(name);
  if (found.empty())
    throw failure{{errc::job_not_found, "no " + name + " lives"}};
  actor_stage::kill(found.front());
}

std::size_t tree_fixture::alive(const std::string& name) const {
  return impl_->stage.living(name).size();
}

std::shared_ptr<const handler_target> tree_fixture::add_performer() {
  impl_->spawn_performing();
  return to_target(impl_->performing);
}

std::shared_ptr<const handler_target>
tree_fixture::add_stoppable_performer(duration grace) {
  impl_->spawn_performing();
  return to_stoppable_target(impl_->performing, grace);
}

std::vector<std::string> tree_fixture::stops() const {
  return *impl_->stops;
}

void tree_fixture::reply_declined(const std::string& id, duration wait) {
  std::erase(*impl_->asked, id);
  caf::anon_send(impl_->performing, id, callboard::decline(wait));
}

void tree_fixture::offer(const std::string& queue, std::size_t slots) {
  caf::anon_send(impl_->supervisor, slots_offered{queue, slots});
}

std::vector<std::string> tree_fixture::asked() const {
  return *impl_->asked;
}

void tree_fixture::reply(const std::string& id, outcome what) {
  std::erase(*impl_->asked, id);
  caf::anon_send(impl_->performing, id, callboard::answer(what));
}

void tree_fixture::reply_error(const std::string& id) {
  std::erase(*impl_->asked, id);
  caf::anon_send(impl_->performing, id);
}

metrics_snapshot tree_fixture::metrics() const {
  return impl_->numbers->snapshot();
}

bool tree_fixture::alone() const {
  return impl_->numbers->alone;
}

std::vector<std::string> tree_fixture::conversation() {
  return std::exchange(impl_->said, {});
}

std::vector<std::string>
tree_fixture::conversation(const std::vector<std::string>& among) {
  auto all = conversation();
  std::erase_if(all, [&](const std::string& line) {
    auto arrow = line.find(" -> ");
    auto from = line.substr(0, arrow);
    auto to = line.substr(arrow + 4, line.find(':') - arrow - 4);
    auto in = [&](const auto& x) {
      return std::find(among.begin(), among.end(), x) != among.end();
    };
    return !in(from) || !in(to);
  });
  return all;
}

bool tree_fixture::mail_left() const {
  return impl_->stage.ready() > 0;
}

std::vector<std::string> tree_fixture::failures() const {
  return impl_->failed;
}

} // namespace callboard::testing
