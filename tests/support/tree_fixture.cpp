#include "tests/support/tree_fixture.hpp"

#include "actors/handler/actor_handler.hpp"
#include "actors/register_types.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "store/model/new_job.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

namespace callboard::testing {

namespace {

using namespace callboard::actors;

struct config : caf::actor_system_config {
  config() {
    register_types(*this);
    set("scheduler.policy", caf::atom("testing"));
  }
};

// -- slots under the test's control -------------------------------------------

/// What a controlled slot and the test share; everything is on one thread.
struct desk {
  struct job {
    std::string id;
    std::uint64_t number = 0;
    std::function<void(outcome)> finish;
    std::stop_source stop;
    caf::strong_actor_ptr slot;
  };

  std::vector<job> running;
  std::size_t peak = 0;
  std::uint64_t next = 0;
  duration timeout{0};

  void remove(std::uint64_t number) {
    std::erase_if(running, [=](const auto& x) { return x.number == number; });
  }
};

using held_slot = slot_actor::extend<caf::reacts_to<check_atom, std::uint64_t>>;

class held_slot_state {
public:
  static constexpr const char* name = "slot";

  explicit held_slot_state(held_slot::stateful_pointer<held_slot_state> self)
      : self_{self} {}

  ~held_slot_state() {
    if (desk_)
      desk_->remove(number_);
  }

  void start(slot_options options, std::shared_ptr<desk> shared) {
    options_ = std::move(options);
    desk_ = std::move(shared);
  }

  void work(chunk_ptr next) {
    chunk_ = std::move(next);
    index_ = 0;
    next_job();
  }

  void serve() {
    options_.owner = caf::actor_cast<poller_actor>(self_->current_sender());
    if (!chunk_)
      report(true);
  }

  /// The test ended the job with this number.
  void go_on(std::uint64_t number) {
    if (number != number_ || !answer_)
      return;
    auto answer = *std::exchange(answer_, std::nullopt);
    entry_.reset();
    const auto& work = chunk_->job(index_);
    chunk_->finish(index_,
                   {options_.run->resolve(work, std::move(answer)), {}});
    ++index_;
    report(false);
    next_job();
  }

private:
  void next_job() {
    for (; index_ < chunk_->size(); ++index_)
      if (chunk_->claim(index_))
        return start_job();
    report(true);
  }

  void start_job() {
    const auto& work = chunk_->job(index_);
    chunk_->start(index_);
    number_ = ++desk_->next;
    stop_board::entry entry;
    entry.id = work.value.id;
    entry.type = work.value.type;
    entry.fence = work.fence;
    entry.started = self_->clock().now();
    if (desk_->timeout > duration{0})
      entry.deadline = entry.started + desk_->timeout;
    auto stop = entry.stop;
    entry_.reset(
        new stop_board::running{options_.board->add(std::move(entry))});
    // The test calls this outside of the actor: the rest goes by mail.
    auto me = caf::actor_cast<held_slot>(self_);
    desk_->running.push_back({work.value.id, number_,
                              [this, me, number = number_](outcome what) {
                                answer_ = std::move(what);
                                desk_->remove(number);
                                caf::anon_send(me, check_atom_v, number);
                              },
                              stop,
                              caf::actor_cast<caf::strong_actor_ptr>(me)});
    desk_->peak = std::max(desk_->peak, desk_->running.size());
  }

  void report(bool last) {
    auto number = chunk_ ? chunk_->number() : done_chunk_;
    done_chunk_ = number;
    if (last)
      chunk_ = nullptr;
    self_->send(options_.owner, performed{options_.number, number, last});
  }

  held_slot::stateful_pointer<held_slot_state> self_;
  slot_options options_;
  std::shared_ptr<desk> desk_;
  chunk_ptr chunk_;
  std::size_t index_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t done_chunk_ = 0;
  std::optional<outcome> answer_;
  std::unique_ptr<stop_board::running> entry_;
};

held_slot::behavior_type held(held_slot::stateful_pointer<held_slot_state> self,
                              slot_options options,
                              std::shared_ptr<desk> shared) {
  auto* state = &self->state;
  state->start(std::move(options), std::move(shared));
  return {
      [state](chunk_ptr& next) { state->work(std::move(next)); },
      [state](serve_atom) { state->serve(); },
      [state](check_atom, std::uint64_t n) { state->go_on(n); },
  };
}

// -- a handler actor under the test's control ---------------------------------

using test_performer
    = handler_actor::extend<caf::reacts_to<std::string, job_answer>,
                            caf::reacts_to<std::string>>;

class performer_state {
public:
  static constexpr const char* name = "performer";

  performer_state() = default;

  std::map<std::string, caf::typed_response_promise<job_answer>> calls;
};

test_performer::behavior_type
performer(test_performer::stateful_pointer<performer_state> self,
          std::shared_ptr<std::vector<std::string>> asked) {
  auto* calls = &self->state.calls;
  return {
      [=](perform_atom, const job_call& x) -> caf::result<job_answer> {
        auto promise = self->make_response_promise<job_answer>();
        calls->insert_or_assign(x.id, promise);
        asked->push_back(x.id);
        return promise;
      },
      // From the test: the answer to the call for this job; an error.
      [=](const std::string& id, const job_answer& x) {
        calls->at(id).deliver(x);
      },
      [=](const std::string& id) {
        calls->at(id).deliver(
            caf::make_error(caf::sec::runtime_error, "it threw"));
      },
  };
}

std::string actor_name(caf::abstract_actor* who) {
  auto* local = dynamic_cast<caf::local_actor*>(who);
  return local ? local->name() : "test";
}

} // namespace

struct tree_fixture::impl {
  config cfg;
  caf::actor_system sys{cfg};
  caf::scheduler::test_coordinator& sched
      = dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  std::shared_ptr<memory_database> db;
  supervisor_actor supervisor;
  std::shared_ptr<desk> shared;
  std::shared_ptr<std::vector<std::string>> asked
      = std::make_shared<std::vector<std::string>>();
  test_performer performing;
  std::shared_ptr<watched_counters> numbers
      = std::make_shared<watched_counters>();
  std::vector<std::string> said;
  std::vector<std::string> failed;
  /// Everybody who ever ran; weak, so that it keeps nobody alive.
  std::map<caf::actor_id, caf::actor_addr> seen;

  struct question {
    std::unique_ptr<caf::scoped_actor> asker;
    std::function<void()> look;
    std::optional<drain_report> answer;
  };

  std::vector<std::unique_ptr<question>> questions;

  template <class Call>
  ticket ask(Call call) {
    auto mine = std::make_unique<question>();
    auto* raw = mine.get();
    mine->asker = std::make_unique<caf::scoped_actor>(sys);
    auto& self = *mine->asker;
    auto handle = std::make_shared<decltype(self->request(
        supervisor, caf::infinite, std::move(call)))>(
        self->request(supervisor, caf::infinite, std::move(call)));
    mine->look = [raw, handle] {
      if (raw->answer || !(*raw->asker)->has_next_message())
        return;
      handle->receive([&](drain_report& x) { raw->answer = std::move(x); },
                      [&](const caf::error&) {});
    };
    questions.push_back(std::move(mine));
    return questions.size() - 1;
  }

  void note_next() {
    auto* next = dynamic_cast<caf::scheduled_actor*>(sched.jobs.front());
    if (!next)
      return;
    seen.emplace(next->id(), next->address());
    auto* mail = next->peek_at_next_mailbox_element();
    if (!mail)
      return;
    auto from
        = mail->sender
              ? actor_name(caf::actor_cast<caf::abstract_actor*>(mail->sender))
              : std::string{"test"};
    said.push_back(from + " -> " + next->name() + ": " + name_of(*mail));
  }

  /// Those of a name that live, oldest first.
  std::vector<caf::strong_actor_ptr> living(const std::string& name) const {
    std::vector<caf::strong_actor_ptr> found;
    for (const auto& [id, address] : seen) {
      auto who = caf::actor_cast<caf::strong_actor_ptr>(address);
      if (!who)
        continue;
      auto* local = dynamic_cast<caf::local_actor*>(
          caf::actor_cast<caf::abstract_actor*>(who));
      if (local && !local->getf(caf::abstract_actor::is_terminated_flag)
          && (name.empty() || name == local->name()))
        found.push_back(std::move(who));
    }
    return found;
  }

  static void kill(const caf::strong_actor_ptr& who) {
    who->enqueue(nullptr, caf::make_message_id(),
                 caf::make_message(
                     caf::exit_msg{who->address(), caf::exit_reason::kill}),
                 nullptr);
  }

  static std::string name_of(caf::mailbox_element& mail) {
    const auto& content = mail.content();
    std::string name;
    for (std::size_t i = 0; i < content.size(); ++i)
      name += (i == 0 ? "" : " ") + part(content, i);
    return name.empty() ? "ok" : name;
  }

  static std::string part(const caf::type_erased_tuple& content,
                          std::size_t at) {
    auto type = content.type(at);
    if (type.second == nullptr) {
      if (content.matches(at, caf::type_nr<caf::atom_value>::value, nullptr))
        return to_string(content.get_as<caf::atom_value>(at));
      return "number";
    }
    int status = 0;
    std::unique_ptr<char, void (*)(void*)> text{
        abi::__cxa_demangle(type.second->name(), nullptr, nullptr, &status),
        std::free};
    std::string full = status == 0 ? text.get() : type.second->name();
    if (full.find("chunk") != std::string::npos)
      return "chunk";
    auto colon = full.rfind("::");
    return colon == std::string::npos ? full : full.substr(colon + 2);
  }
};

tree_fixture::tree_fixture() : tree_fixture{client_options{}} {}

tree_fixture::tree_fixture(client_options options)
    : db{std::make_shared<memory_database>()},
      events{std::make_shared<event_log>()}, impl_{std::make_unique<impl>()} {
  impl_->db = db;
  options.node_name = "this-node";
  options.observers.push_back(events);
  auto* raw = impl_.get();
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
    return caf::actor_cast<slot_actor>(
        sys.spawn(held, std::move(slot), raw->shared));
  };
  impl_->supervisor = spawn_supervisor(impl_->sys, std::move(tree));
}

tree_fixture::~tree_fixture() {
  impl_->questions.clear();
  impl_->performing = nullptr;
  // Whatever still lives is killed, so that the system can end.
  impl_->supervisor = nullptr;
  settle();
  for (auto left = impl_->living("supervisor"); !left.empty();
       left = impl_->living("")) {
    for (const auto& who : left)
      impl::kill(who);
    left.clear();
    settle();
  }
  for (auto left = impl_->living(""); !left.empty(); left = impl_->living("")) {
    for (const auto& who : left)
      impl::kill(who);
    left.clear();
    settle();
  }
}

void tree_fixture::settle() {
  while (step()) {
  }
}

bool tree_fixture::step(std::uint64_t seed) {
  auto& jobs = impl_->sched.jobs;
  if (jobs.empty())
    return false;
  if (seed != 0 && jobs.size() > 1) {
    auto pick = static_cast<std::ptrdiff_t>(seed % jobs.size());
    std::rotate(jobs.begin(), jobs.begin() + pick, jobs.begin() + pick + 1);
  }
  impl_->note_next();
  return impl_->sched.try_run_once();
}

void tree_fixture::pass(duration by) {
  db->advance(by);
  impl_->sched.advance_time(by);
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
  return impl_->ask(upgrade_call{
      std::make_shared<const std::vector<worker_config>>(std::move(checked)),
      grace});
}

tree_fixture::ticket tree_fixture::close(duration grace) {
  return impl_->ask(close_call{grace});
}

std::optional<drain_report> tree_fixture::answer(ticket to) {
  auto& question = *impl_->questions.at(to);
  question.look();
  return question.answer;
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

std::vector<queue_status> tree_fixture::status() {
  caf::scoped_actor self{impl_->sys};
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
  for (const auto& job : impl_->shared->running)
    if (job.id == id)
      return job.stop.stop_requested();
  return false;
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
  for (const auto& job : impl_->shared->running)
    if (job.id == id) {
      auto end = job.finish;
      return end(std::move(what));
    }
  throw failure{{errc::job_not_found, "'" + id + "' does not run"}};
}

void tree_fixture::kill_slot(const std::string& id) {
  for (const auto& job : impl_->shared->running)
    if (job.id == id)
      return impl::kill(job.slot);
  throw failure{{errc::job_not_found, "'" + id + "' does not run"}};
}

void tree_fixture::kill(const std::string& name) {
  auto found = impl_->living(name);
  if (found.empty())
    throw failure{{errc::job_not_found, "no " + name + " lives"}};
  impl::kill(found.front());
}

std::size_t tree_fixture::alive(const std::string& name) const {
  return impl_->living(name).size();
}

std::shared_ptr<const handler_target> tree_fixture::add_performer() {
  impl_->performing = impl_->sys.spawn(performer, impl_->asked);
  return to_target(impl_->performing);
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
  return impl_->sched.has_job();
}

std::vector<std::string> tree_fixture::failures() const {
  return impl_->failed;
}

} // namespace callboard::testing
