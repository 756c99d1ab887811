#pragma once

#include "actors/actors.hpp"
#include "actors/client/client.hpp"
#include "actors/messages.hpp"
#include "store/model/time.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::testing {

/// An actor system on one thread, in which the test decides who runs next and
/// what time it is. Its end kills whoever still lives.
class actor_stage {
public:
  /// `more` completes the configuration.
  explicit actor_stage(
      const std::function<void(caf::actor_system_config&)>& more = {});
  ~actor_stage();

  caf::actor_system& system() noexcept { return sys_; }

  // -- who runs next ----------------------------------------------------------

  /// How many have mail.
  std::size_t ready() const noexcept { return sched_.jobs.size(); }
  /// The name of the one at this place.
  std::string name_of(std::size_t pick) const;
  /// One message of the one at this place; others keep their order. False when
  /// nobody has mail.
  bool run(std::size_t pick = 0);
  void settle();
  /// Called with "poller -> store-pool: lease_wish" before each message.
  std::function<void(std::string)> overhear;

  // -- time -------------------------------------------------------------------

  std::chrono::steady_clock::time_point now() const;
  void advance(duration by);
  /// How long until somebody wants to be woken.
  std::optional<duration> next_timeout() const;

  // -- asking the supervisor --------------------------------------------------

  /// Names a question whose answer may come later.
  using ticket = std::size_t;

  template <class Call>
  ticket ask(const actors::supervisor_actor& whom, Call call) {
    auto mine = std::make_unique<question>();
    auto* raw = mine.get();
    mine->asker = std::make_unique<caf::scoped_actor>(sys_);
    auto& self = *mine->asker;
    auto handle = std::make_shared<decltype(self->request(whom, caf::infinite,
                                                          std::move(call)))>(
        self->request(whom, caf::infinite, std::move(call)));
    mine->look = [raw, handle] {
      if (raw->answer || !(*raw->asker)->has_next_message())
        return;
      handle->receive([&](drain_report& x) { raw->answer = std::move(x); },
                      [&](const caf::error&) {});
    };
    questions_.push_back(std::move(mine));
    return questions_.size() - 1;
  }

  /// The answer, when it has come.
  std::optional<drain_report> answer(ticket to);

  // -- who lives --------------------------------------------------------------

  /// Those of a name (empty: of all) that live, oldest first.
  std::vector<caf::strong_actor_ptr> living(const std::string& name) const;
  /// Sends what ends an actor whatever it does; it takes effect in its turn.
  static void kill(const caf::strong_actor_ptr& who);
  /// Until nobody is left.
  void kill_all();

private:
  struct config : caf::actor_system_config {
    explicit config(const std::function<void(caf::actor_system_config&)>& more);
  };

  struct question {
    std::unique_ptr<caf::scoped_actor> asker;
    std::function<void()> look;
    std::optional<drain_report> answer;
  };

  void note_next();

  config cfg_;
  caf::actor_system sys_{cfg_};
  caf::scheduler::test_coordinator& sched_;
  /// Everybody who ever ran; weak, so that it keeps nobody alive.
  std::map<caf::actor_id, caf::actor_addr> seen_;
  std::vector<std::unique_ptr<question>> questions_;
};

} // namespace callboard::testing
