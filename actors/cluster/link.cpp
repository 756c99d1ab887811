#include "actors/cluster/greeting.hpp"
#include "actors/cluster/inner_line.hpp"
#include "actors/cluster/link_options.hpp"
#include "actors/cluster/wire/type_ids.hpp"
#include "actors/cluster/wire/vocabulary.hpp"
#include "actors/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/scribe.hpp>
#include <caf/message_view.hpp>
#include <caf/node_id.hpp>
#include <caf/stateful_actor.hpp>

#include <atomic>
#include <optional>
#include <set>
#include <utility>

namespace callboard::actors {

namespace {

// After the line has ended, what came before may still be on its way through
// CAF, and is followed by the news that the peer's actor is gone.
constexpr auto last_words_time = std::chrono::seconds{2};

link_id next_id() {
  static std::atomic<link_id> last{0};
  return ++last;
}

class link_state {
public:
  static constexpr const char* name = "link";

  explicit link_state(caf::stateful_actor<link_state>* self) : self_{self} {}

  void start(link_options& options) {
    dialled_ = options.dialled;
    hello_ = std::move(options.hello);
    choose_ = std::move(options.owner);
    tell_refused_ = std::move(options.refused);
    facts_.address = options.connection.address;
    facts_.names = options.connection.names;
    roles_ = options.connection.roles;
    control_ = options.connection.control;
    self_->set_down_handler([this](caf::down_msg& x) { down(x); });
    self_->set_exit_handler(
        [this](caf::exit_msg&) { hang_up("this process is closing"); });
    self_->set_default_handler(
        [this](caf::scheduled_actor*,
               caf::message_view& x) -> caf::result<caf::message> {
          heard(x.move_content_to_message());
          return caf::message{};
        });
    auto& sys = self_->system();
    admit(options.payload_limit);
    if (dialled_)
      connect(std::move(options.connection.socket));
    else
      offer(sys, std::move(options.connection.socket),
            caf::strong_actor_ptr{self_->ctrl()});
    self_->delayed_send(self_, options.hello_time, deadline_atom_v);
  }

  // -- messages ---------------------------------------------------------------

  void greet(const wire::hello_v1& theirs) {
    auto receipt = take_receipt();
    if (greeted_ || leaving_)
      return hang_up("a second hello");
    greeted_ = true;
    facts_.hello = theirs;
    if (!dialled_)
      meet(self_->current_sender());
    if (!peer_)
      return hang_up("a hello without a sender");
    auto good = check(theirs);
    if (!good) {
      if (!dialled_ && tell_refused_)
        tell_refused_(facts_, good.error().message);
      return hang_up(good.error().message);
    }
    owner_ = *good;
    self_->monitor(owner_);
    if (!dialled_)
      send(caf::make_message(hello_));
    self_->send(owner_,
                link_up{id_, facts_, caf::actor_cast<link_actor>(self_)});
  }

  void refused(const wire::refused_v1& x) {
    auto receipt = take_receipt();
    why_ = "the peer hung up: " + x.why;
    announced_ = true;
    control_->hang_up(*why_, 0);
  }

  void heard(caf::message what) {
    auto receipt = take_receipt();
    if (!owner_)
      return hang_up("a message before the hello");
    // What CAF could not read comes as nothing.
    if (what.empty())
      return hang_up("a message that can't be read");
    what = wire::hear(facts_.version, std::move(what));
    if (what.empty())
      return hang_up("a message that version " + std::to_string(facts_.version)
                     + " does not have");
    self_->send(owner_, link_said{id_, std::move(what), std::move(receipt)});
  }

  void tell(caf::message what) {
    what = wire::say(facts_.version, std::move(what));
    if (what.empty())
      return hang_up("there is something to say for which version "
                     + std::to_string(facts_.version) + " has no word");
    send(std::move(what));
  }

  void hang_up(const std::string& why) {
    if (std::exchange(leaving_, true))
      return;
    why_ = why;
    if (peer_) {
      leaving_ = false;
      send(caf::make_message(wire::refused_v1{why}));
      leaving_ = true;
    }
    control_->hang_up(why, sent_);
  }

  void deadline() {
    if (!greeted_)
      hang_up("no hello in time");
  }

  void over(const line_over& x) {
    leaving_ = true;
    if (!why_)
      why_ = x.why;
    if (!peer_ || peer_gone_)
      return end();
    line_gone_ = true;
    self_->delayed_send(self_, last_words_time, flush_atom_v);
  }

  void end() {
    if (std::exchange(ended_, true))
      return;
    control_->hang_up(why_.value_or("closed"), 0);
    peer_ = nullptr;
    if (owner_) {
      self_->send(owner_, link_down{id_, why_.value_or("closed"), announced_});
      owner_ = nullptr;
      self_->quit();
    } else {
      self_->quit(
          caf::make_error(caf::sec::runtime_error, why_.value_or("closed")));
    }
  }

private:
  void admit(std::size_t payload_limit) {
    auto& sys = self_->system();
    auto kind = static_cast<wire::peer_kind>(hello_.kind);
    frame_rules rules{.ours = dialled_ ? frame_rules::side::dialled
                                       : frame_rules::side::accepted,
                      .actor = self_->id(),
                      .own_node = node_bytes(sys),
                      .types = dialled_ ? wire::spoken_to(kind)
                                        : vocabulary_of(roles_),
                      .payload_limit = payload_limit};
    control_->admit(std::move(rules),
                    [me = caf::actor{self_}](const std::string& why) {
                      caf::anon_send(me, line_over{why});
                    });
  }

  void connect(unique_fd socket) {
    auto& sys = self_->system();
    // Whom the peer may reach must be known before it can say something.
    sys.registry().put(self_->id(), caf::strong_actor_ptr{self_->ctrl()});
    self_
        ->request(basp_broker(sys), caf::infinite, caf::connect_atom_v,
                  make_scribe(sys, std::move(socket)), std::uint16_t{1})
        .then(
            [this](caf::node_id&, caf::strong_actor_ptr& gateway,
                   std::set<std::string>&) {
              if (!gateway)
                return hang_up("the peer offers nothing");
              meet(gateway);
              send(caf::make_message(hello_));
            },
            [this](const caf::error&) {
              if (!why_)
                why_ = "the peer closed the connection";
              control_->hang_up(*why_, 0);
            });
  }

  void send(caf::message what) {
    if (!peer_ || leaving_)
      return;
    ++sent_;
    peer_->enqueue(caf::strong_actor_ptr{self_->ctrl()}, caf::make_message_id(),
                   std::move(what), self_->context());
  }

  void meet(const caf::strong_actor_ptr& who) {
    if (!who || who->node() == self_->system().node())
      return;
    peer_ = who;
    self_->monitor(caf::actor_cast<caf::actor>(who));
  }

  result<link_owner_actor> check(const wire::hello_v1& theirs) {
    auto common = common_version(hello_, theirs);
    if (!common)
      return common.error();
    facts_.version = *common;
    if (!dialled_)
      if (auto may = may_take_part(theirs, roles_); !may)
        return may.error();
    return choose_(facts_, roles_);
  }

  void down(const caf::down_msg& x) {
    if (owner_ && x.source == caf::actor_cast<caf::actor_addr>(owner_)) {
      hang_up("nobody here talks with the peer any more");
      owner_ = nullptr;
      return;
    }
    peer_gone_ = true;
    if (line_gone_)
      return end();
    // The guard may have ended the line first, and tells why soon.
    leaving_ = true;
    control_->hang_up(why_.value_or("the peer has ended"), 0);
  }

  /// Whoever holds the last copy says that this message was dealt with.
  std::shared_ptr<void> take_receipt() {
    auto& control = *control_;
    return {&control, [held = control_](void*) {
              held->done_with_one();
            }};
  }

  caf::stateful_actor<link_state>* self_;
  link_id id_ = next_id();
  wire::hello_v1 hello_;
  owner_choice choose_;
  decltype(link_options::refused) tell_refused_;
  peer_facts facts_;
  peer_roles roles_;
  std::shared_ptr<line_control> control_;
  caf::strong_actor_ptr peer_;
  link_owner_actor owner_;
  std::optional<std::string> why_;
  std::uint64_t sent_ = 0;
  bool dialled_ = false;
  bool greeted_ = false;
  bool leaving_ = false;
  bool line_gone_ = false;
  bool peer_gone_ = false;
  bool ended_ = false;
  bool announced_ = false;
};

caf::behavior link(caf::stateful_actor<link_state>* self,
                   const std::shared_ptr<link_options>& options) {
  auto* state = &self->state;
  state->start(*options);
  return {
      [state](const wire::hello_v1& x) { state->greet(x); },
      [state](const wire::refused_v1& x) { state->refused(x); },
      [state](const link_tell& x) { state->tell(x.what); },
      [state](const link_hang_up& x) { state->hang_up(x.why); },
      [state](const line_over& x) { state->over(x); },
      [state](deadline_atom) { state->deadline(); },
      [state](flush_atom) { state->end(); },
  };
}

} // namespace

caf::actor spawn_link(caf::actor_system& sys, link_options options) {
  return sys.spawn(link, std::make_shared<link_options>(std::move(options)));
}

} // namespace callboard::actors
