#include "actors/cluster/guard_impl.hpp"

#include <utility>

/// Whoever connects to the guard.
namespace callboard::actors {

namespace {

// After a failure to accept, such as too many open files.
constexpr auto accept_rest = std::chrono::milliseconds{100};

std::string name_of(const line& x) {
  std::string names;
  for (const auto& name : x.names)
    names += (names.empty() ? "" : ", ") + name;
  return names;
}

} // namespace

result<node_address> guard::bind(const node_address& at) {
  failure_code failure;
  auto bad = [&](const std::string& step) {
    return error{errc::invalid_config, "can't listen on " + to_string(at) + ": "
                                           + step + ": " + failure.message()};
  };
  tcp::resolver resolver{impl_->io};
  auto found = resolver.resolve(at.host, std::to_string(at.port),
                                tcp::resolver::passive, failure);
  if (failure)
    return bad("name look-up");
  auto place = found.begin()->endpoint();
  auto acceptor = std::make_unique<tcp::acceptor>(impl_->io);
  acceptor->open(place.protocol(), failure);
  if (failure)
    return bad("socket");
  close_on_exec(*acceptor);
  acceptor->set_option(tcp::acceptor::reuse_address{true}, failure);
  acceptor->bind(place, failure);
  if (failure)
    return bad("bind");
  acceptor->listen(1024, failure);
  if (failure)
    return bad("listen");
  node_address answer{at.host, acceptor->local_endpoint().port()};
  impl_->thread->hand_over(
      [made = impl_, held = std::move(acceptor)]() mutable {
        made->acceptor = std::move(held);
        made->rest = std::make_unique<asio::steady_timer>(made->io);
      });
  return answer;
}

void guard::welcome(std::function<void(line)> take) {
  impl_->thread->hand_over([made = impl_, take = std::move(take)]() mutable {
    if (!made->acceptor || made->ending)
      return;
    made->welcome = std::move(take);
    made->accept();
  });
}

void guard::impl::accept() {
  acceptor->async_accept(
      [self = shared_from_this()](failure_code failure, tcp::socket socket) {
        self->accepted(failure, std::move(socket));
      });
}

void guard::impl::accepted(failure_code failure, tcp::socket socket) {
  if (ending || failure == asio::error::operation_aborted)
    return;
  if (failure) {
    rest->expires_after(accept_rest);
    rest->async_wait([self = shared_from_this()](failure_code stopped) {
      if (!stopped && !self->ending)
        self->accept();
    });
    return;
  }
  close_on_exec(socket);
  failure_code ignored;
  auto from = socket.remote_endpoint(ignored);
  socket.set_option(tcp::no_delay{true}, ignored);
  auto who = next++;
  if (auto out = strangers.enter(who, from.address().to_string()))
    turn_away(*out, "too many connections at a time before a handshake");
  auto& guest = waiting[who];
  guest.address = text_of(from);
  guest.outer = tls ? make_server_channel(std::move(socket), tls)
                    : make_channel(std::move(socket));
  guest.deadline = std::make_unique<asio::steady_timer>(io);
  guest.deadline->expires_after(options.handshake_time);
  guest.deadline->async_wait(
      [self = shared_from_this(), who](failure_code stopped) {
        if (!stopped)
          self->turn_away(who, "no handshake in time");
      });
  // The channel lives in the handler until the handshake is over, also after
  // the stranger was turned away.
  auto* outer = guest.outer.get();
  outer->shake_hands([self = shared_from_this(), who](failure_code broken) {
    self->greeted(who, broken);
  });
  accept();
}

void guard::impl::turn_away(admission::visitor who, const std::string& why) {
  auto at = waiting.find(who);
  if (at == waiting.end())
    return;
  strangers.leave(who);
  log(log_level::debug, "turned a connection away",
      {{"address", at->second.address}, {"why", why}});
  at->second.deadline->cancel();
  // Its handshake ends with an error now, and `greeted` lets go of it.
  at->second.outer->close();
}

void guard::impl::greeted(admission::visitor who, failure_code failure) {
  auto at = waiting.find(who);
  if (at == waiting.end())
    return;
  auto guest = std::move(at->second);
  waiting.erase(at);
  strangers.leave(who);
  if (failure || ending || !guest.outer->socket().is_open()) {
    log(log_level::debug, "turned a connection away",
        {{"address", guest.address}, {"why", failure.message()}});
    return;
  }
  auto made = make_line(std::move(guest.outer), guest.address);
  if (!made) {
    log(log_level::warning, "turned a connection away",
        {{"address", guest.address}, {"why", made.error().message}});
    return;
  }
  made->roles = tls ? roles_of(made->names, options.allow) : peer_roles::all();
  if (!made->roles.any()) {
    log(log_level::warning,
        "turned a connection away: no rule of `allow` names its certificate",
        {{"address", guest.address}, {"names", name_of(*made)}});
    made->control->hang_up("no rule of `allow` names its certificate", 0);
    return;
  }
  welcome(std::move(*made));
}

} // namespace callboard::actors
