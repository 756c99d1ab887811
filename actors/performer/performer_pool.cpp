#include "actors/performer/performer_pool.hpp"

#include "actors/cluster/wire/type_ids.hpp"
#include "actors/performer/losses.hpp"
#include "actors/performer/roster.hpp"
#include "actors/pipeline/stop_signal.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace callboard::actors {

namespace {

// Who enqueues chooses the names of types.
constexpr std::size_t most_strangers = 1000;

class performer_pool_state {
public:
  static constexpr const char* name = "performer_pool";

  explicit performer_pool_state(
      performer_pool_actor::stateful_pointer<performer_pool_state> self)
      : self_{self} {}

  void start(performer_pool_options options) {
    options_ = std::move(options);
    self_->set_exit_handler([this](caf::exit_msg& x) {
      for (const auto& [id, link] : links_)
        self_->send(link, link_hang_up{"the node is closing"});
      links_.clear();
      options_ = {};
      self_->quit(x.reason);
    });
  }

  // -- links ------------------------------------------------------------------

  void up(const link_up& x) {
    links_[x.id] = x.link;
    roster_.join(x.id, x.peer.hello.name);
    log(log_level::info, "a performer has come", x.id,
        {{"address", x.peer.address}});
  }

  void heard(const link_said& x) {
    auto link = links_.find(x.id);
    if (link == links_.end())
      return;
    if (const auto* offer = said<wire::offer_v1>(x)) {
      tell_slots(roster_.offers(x.id, *offer));
    } else if (const auto* answer = said<wire::answer_v1>(x)) {
      answered(x.id, *answer);
    } else if (const auto* busy = said<wire::busy_v1>(x)) {
      refused(x.id, busy->call);
    } else {
      self_->send(link->second, link_hang_up{"no message of a performer"});
    }
  }

  void down(const link_down& x) {
    if (links_.erase(x.id) == 0)
      return;
    auto who = roster_.name(x.id);
    // One that ends has answered for what it began; the rest was still on its
    // way to it when it withdrew its offer.
    auto in_peace = x.announced && roster_.withdrawn(x.id);
    auto lost = std::ranges::count_if(
        calls_, [&](const auto& one) { return one.second.to == x.id; });
    log(lost > 0 && !in_peace ? log_level::warning : log_level::info,
        "a performer is gone", x.id,
        {{"why", x.why}, {"jobs", std::to_string(lost)}});
    tell_slots(roster_.leave(x.id));
    for (auto i = calls_.begin(); i != calls_.end();) {
      auto its = i->second.to == x.id;
      if (its)
        end(i->second, in_peace ? decline(refused_wait)
                                : answer(performer_lost(i->second.last_error,
                                                        who, x.why)));
      i = its ? calls_.erase(i) : std::next(i);
    }
  }

  // -- jobs -------------------------------------------------------------------

  caf::result<job_answer> perform(job_call& job) {
    auto who = roster_.choose(job.queue, job.type);
    if (std::holds_alternative<roster::unknown_type>(who)) {
      if (strangers_.size() >= most_strangers)
        strangers_.clear();
      if (strangers_.insert({job.queue, job.type}).second)
        log(log_level::warning,
            "no performer that is connected knows this type; its jobs wait", 0,
            {{"queue", job.queue}, {"type", job.type}});
      return decline(unknown_type_wait);
    }
    strangers_.erase({job.queue, job.type});
    if (std::holds_alternative<roster::all_busy>(who))
      return decline(all_busy_wait);
    auto to = std::get<link_id>(who);
    auto number = next_call_++;
    auto promise = self_->make_response_promise<job_answer>();
    roster_.taken(to, job.queue);
    by_fence_[job.fence] = number;
    calls_.emplace(number, call{.to = to,
                                .queue = job.queue,
                                .last_error = job.last_error,
                                .fence = job.fence,
                                .promise = promise});
    self_->send(links_.at(to), link_tell{caf::make_message(
                                   wire::perform_v1{number, std::move(job)})});
    return promise;
  }

  void stop(const job_stop& x) {
    auto number = by_fence_.find(x.fence);
    if (number == by_fence_.end())
      return;
    const auto& what = calls_.at(number->second);
    self_->send(
        links_.at(what.to),
        link_tell{caf::make_message(wire::stop_v1{number->second, x.reason})});
  }

private:
  using answer_promise = caf::typed_response_promise<job_answer>;

  struct call {
    link_id to = 0;
    std::string queue;
    std::string last_error;
    std::int64_t fence = 0;
    answer_promise promise{};
  };

  void answered(link_id from, const wire::answer_v1& x) {
    if (auto what = take(from, x.call))
      end(*what, x.answer);
  }

  void refused(link_id from, std::uint64_t number) {
    auto what = take(from, number);
    if (!what)
      return;
    if (roster_.full(from, what->queue))
      tell_slots({what->queue});
    end(*what, decline(refused_wait));
  }

  /// A call of this link; it is over then.
  std::optional<call> take(link_id from, std::uint64_t number) {
    auto found = calls_.find(number);
    if (found == calls_.end() || found->second.to != from)
      return std::nullopt;
    auto what = std::move(found->second);
    calls_.erase(found);
    roster_.freed(from, what.queue);
    return what;
  }

  void end(call& what, job_answer result) {
    by_fence_.erase(what.fence);
    what.promise.deliver(std::move(result));
  }

  void tell_slots(const std::set<std::string>& queues) {
    for (const auto& queue : queues)
      self_->send(options_.supervisor,
                  slots_offered{queue, roster_.slots(queue)});
  }

  void log(log_level level, std::string text, link_id who,
           std::vector<std::pair<std::string_view, std::string>> facts) {
    if (!options_.log)
      return;
    if (who != 0)
      facts.insert(facts.begin(), {"performer", roster_.name(who)});
    options_.log({level, std::move(text), std::move(facts)});
  }

  performer_pool_actor::stateful_pointer<performer_pool_state> self_;
  performer_pool_options options_;
  roster roster_;
  std::map<link_id, link_actor> links_;
  std::map<std::uint64_t, call> calls_;
  /// Every lease has a fence of its own, and at most one call.
  std::map<std::int64_t, std::uint64_t> by_fence_;
  std::uint64_t next_call_ = 1;
  /// Types that nobody knew, and that the log was told of.
  std::set<std::pair<std::string, std::string>> strangers_;
};

performer_pool_actor::behavior_type performer_pool(
    performer_pool_actor::stateful_pointer<performer_pool_state> self,
    performer_pool_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](const link_up& x) { state->up(x); },
      [state](const link_said& x) { state->heard(x); },
      [state](const link_down& x) { state->down(x); },
      [state](perform_atom, job_call& x) { return state->perform(x); },
      [state](const job_stop& x) { state->stop(x); },
  };
}

} // namespace

performer_pool_actor spawn_performer_pool(caf::actor_system& sys,
                                          performer_pool_options options) {
  return sys.spawn(performer_pool, std::move(options));
}

} // namespace callboard::actors
