#include "actors/cluster/caller.hpp"

#include "actors/cluster/wire/type_ids.hpp"
#include "store/model/error.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace callboard::actors {

namespace {

struct answer_head {
  std::uint64_t call = 0;
  std::uint8_t code = 0;
};

std::optional<answer_head> head_of(const link_said& x) {
  if (const auto* a = said<wire::enqueued_v1>(x))
    return answer_head{a->call, a->code};
  if (const auto* a = said<wire::cancelled_v1>(x))
    return answer_head{a->call, a->code};
  if (const auto* a = said<wire::status_answer_v1>(x))
    return answer_head{a->call, a->code};
  return std::nullopt;
}

class caller_state {
public:
  static constexpr const char* name = "caller";

  explicit caller_state(caller_actor::stateful_pointer<caller_state> self)
      : self_{self} {}

  void start() {
    self_->set_exit_handler([this](caf::exit_msg& x) {
      for (auto& [number, call] : open_)
        call.what.answered(
            call_failure{call.over.has_value(), "the client was closed"});
      open_.clear();
      links_.clear();
      self_->quit(x.reason);
    });
  }

  void up(const link_up& x) {
    links_[x.id] = x.link;
    trouble_.clear();
    for (auto& [number, call] : open_)
      if (!call.over)
        send(call);
  }

  void heard(const link_said& x) {
    auto head = head_of(x);
    auto at = head ? open_.find(head->call) : open_.end();
    if (at == open_.end())
      return;
    // A node that closes has done nothing: another one may.
    if (head->code == static_cast<std::uint8_t>(errc::closed)) {
      closing_.insert(x.id);
      auto other = best_link();
      if (other != links_.end() && !closing_.contains(other->first))
        return send(at->second);
    }
    auto call = std::move(at->second);
    open_.erase(at);
    call.what.answered(x.what);
  }

  void down(const link_down& x) {
    links_.erase(x.id);
    closing_.erase(x.id);
    trouble_ = x.why;
    for (auto i = open_.begin(); i != open_.end();) {
      if (i->second.over != x.id) {
        ++i;
        continue;
      }
      auto call = std::move(i->second);
      i = open_.erase(i);
      call.what.answered(call_failure{true, x.why});
    }
  }

  void call(const remote_call& x) {
    auto& kept = open_[x.number];
    kept.what = x;
    if (!links_.empty())
      send(kept);
  }

  void forget(const forget_call& x) {
    auto at = open_.find(x.number);
    if (at == open_.end())
      return;
    auto call = std::move(at->second);
    open_.erase(at);
    call.what.answered(call_failure{call.over.has_value(),
                                    call.over          ? "no answer in time"
                                    : trouble_.empty() ? "no connection in time"
                                                       : trouble_});
  }

  void trouble(const dial_trouble& x) { trouble_ = x.why; }

private:
  struct open_call {
    remote_call what;
    /// The link over which it was sent.
    std::optional<link_id> over;
  };

  using link_map = std::map<link_id, link_actor>;

  /// Rather one to a node that is not about to end.
  link_map::const_iterator best_link() const {
    auto found
        = std::find_if(links_.begin(), links_.end(), [this](const auto& x) {
            return !closing_.contains(x.first);
          });
    return found == links_.end() ? links_.begin() : found;
  }

  void send(open_call& call) {
    const auto& [id, link] = *best_link();
    call.over = id;
    self_->send(link, link_tell{call.what.what});
  }

  caller_actor::stateful_pointer<caller_state> self_;
  link_map links_;
  /// Those whose nodes said that they close.
  std::set<link_id> closing_;
  std::map<std::uint64_t, open_call> open_;
  std::string trouble_;
};

caller_actor::behavior_type
caller(caller_actor::stateful_pointer<caller_state> self, const std::string&) {
  auto* state = &self->state;
  state->start();
  return {
      [state](const link_up& x) { state->up(x); },
      [state](const link_said& x) { state->heard(x); },
      [state](const link_down& x) { state->down(x); },
      [state](const remote_call& x) { state->call(x); },
      [state](const forget_call& x) { state->forget(x); },
      [state](const dial_trouble& x) { state->trouble(x); },
  };
}

} // namespace

caller_actor spawn_caller(caf::actor_system& sys, std::string name) {
  return sys.spawn(caller, std::move(name));
}

} // namespace callboard::actors
