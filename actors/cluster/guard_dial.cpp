#include "actors/cluster/guard_impl.hpp"

#include <boost/asio/connect.hpp>

#include <utility>

/// Whom the guard connects to.
namespace callboard::actors {

void guard::dial(const node_address& to,
                 std::function<void(result<line>)> done) {
  impl_->thread->hand_over(
      [made = impl_, to, done = std::move(done)]() mutable {
        auto call = std::make_shared<impl::dialling>(made->io);
        call->to = std::move(to);
        call->done = std::move(done);
        made->dial(call);
      });
}

void guard::impl::dial(const std::shared_ptr<dialling>& call) {
  if (ending)
    return call->answer(error{errc::closed, "this process is closing"});
  call->deadline.expires_after(options.handshake_time);
  call->deadline.async_wait([call](failure_code stopped) {
    if (stopped)
      return;
    call->timed_out = true;
    call->close();
  });
  call->resolver.async_resolve(
      call->to.host, std::to_string(call->to.port),
      [self = shared_from_this(), call](failure_code failure, auto found) {
        if (failure)
          return call->fail("name look-up", failure);
        asio::async_connect(
            call->socket, found,
            [self, call](failure_code broken, const tcp::endpoint& at) {
              if (broken)
                return call->fail("TCP", broken);
              call->address = text_of(at);
              self->connected(call);
            });
      });
}

void guard::impl::connected(const std::shared_ptr<dialling>& call) {
  close_on_exec(call->socket);
  failure_code ignored;
  call->socket.set_option(tcp::no_delay{true}, ignored);
  call->outer
      = tls ? make_client_channel(std::move(call->socket), tls, call->to.host)
            : make_channel(std::move(call->socket));
  call->outer->shake_hands(
      [self = shared_from_this(), call](failure_code failure) {
        if (failure || self->ending)
          return call->fail("TLS", failure);
        call->answer(self->make_line(std::move(call->outer), call->address));
      });
}

} // namespace callboard::actors
