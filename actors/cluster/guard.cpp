#include "actors/cluster/guard.hpp"

#include "actors/cluster/guard_impl.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace callboard::actors {

namespace {

// From `stop` to the end of all lines.
constexpr auto farewell_time = std::chrono::milliseconds{200};

/// Both ends close with a program that this process starts.
bool make_pair(asio::local::stream_protocol::socket& ours, unique_fd& theirs) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return false;
  failure_code failure;
  ours.assign(asio::local::stream_protocol{}, ends[0], failure);
  if (failure) {
    ::close(ends[0]);
    ::close(ends[1]);
    return false;
  }
  theirs.reset(ends[1]);
  return true;
}

} // namespace

result<line> guard::impl::make_line(std::unique_ptr<channel> outer,
                                    std::string address) {
  if (books->lines >= options.peers)
    return error{errc::unsupported, "there are " + std::to_string(books->lines)
                                        + " connections already, and no more "
                                          "are taken"};
  asio::local::stream_protocol::socket inner{io};
  line made;
  if (!make_pair(inner, made.socket))
    return error{errc::internal, "no more sockets; allow this process more "
                                 "open files"};
  made.address = std::move(address);
  made.names = outer->peer_names();
  auto control = std::make_shared<pump>(*thread, std::move(outer),
                                        std::move(inner), books, options);
  for (auto i = lines.begin(); i != lines.end();)
    i = i->second.expired() ? lines.erase(i) : std::next(i);
  lines.emplace(next_line++, control);
  control->start();
  // Whoever talks through the line may let go of it on any thread, and after
  // the guard has ended.
  auto* raw = control.get();
  made.control = std::shared_ptr<line_control>{
      raw, [held = std::move(control), on = thread](line_control*) mutable {
        on->hand_over([last = std::move(held)] {});
      }};
  return made;
}

void guard::impl::end() {
  if (std::exchange(ending, true))
    return;
  failure_code ignored;
  if (acceptor)
    acceptor->close(ignored);
  if (rest)
    rest->cancel();
  welcome = nullptr;
  for (auto& [who, guest] : waiting) {
    guest.deadline->cancel();
    guest.outer->close();
  }
  auto over = [self = shared_from_this()](failure_code) {
    for (auto& [id, one] : self->lines)
      if (auto it = one.lock())
        it->finish("this process is closing");
    self->lines.clear();
  };
  // Last words may leave.
  if (rest_lines() > 0) {
    books->ended = [raw = this] {
      if (raw->rest_lines() == 0)
        raw->farewell.cancel();
    };
    farewell.expires_after(farewell_time);
    farewell.async_wait(over);
  }
  thread->let_end();
}

std::size_t guard::impl::rest_lines() const {
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [](const auto& x) {
        auto it = x.second.lock();
        return it && !it->finished();
      }));
}

result<std::unique_ptr<guard>> guard::make(guard_options options) {
  auto made = std::make_shared<impl>(std::move(options));
  if (made->options.tls) {
    auto context = make_tls_context(*made->options.tls);
    if (!context)
      return context.error();
    made->tls = *context;
  }
  made->thread->start();
  return std::unique_ptr<guard>{new guard{std::move(made)}};
}

guard::guard(std::shared_ptr<impl> made) : impl_{std::move(made)} {}

guard::~guard() {
  stop();
  impl_->thread->join();
}

void guard::stop() {
  impl_->thread->hand_over([made = impl_] { made->end(); });
}

result<void> guard::reload(const tls_files& files,
                           std::vector<allow_rule> allow) {
  auto context = make_tls_context(files);
  if (!context)
    return context.error();
  impl_->thread->hand_over(
      [made = impl_, context = *context, allow = std::move(allow)]() mutable {
        made->tls = std::move(context);
        made->options.allow = std::move(allow);
      });
  return {};
}

} // namespace callboard::actors
