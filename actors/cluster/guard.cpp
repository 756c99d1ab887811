#include "actors/cluster/guard.hpp"

#include "actors/cluster/admission.hpp"
#include "actors/cluster/guard_thread.hpp"
#include "actors/cluster/pump.hpp"
#include "actors/cluster/tls_context.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/ssl/error.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <map>
#include <utility>

namespace callboard::actors {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using failure_code = boost::system::error_code;

// After a failure to accept, such as too many open files.
constexpr auto accept_rest = std::chrono::milliseconds{100};

// From `stop` to the end of all lines.
constexpr auto farewell_time = std::chrono::milliseconds{200};

std::string text(const tcp::endpoint& at) {
  return to_string(node_address{at.address().to_string(), at.port()});
}

std::string name_of(const line& x) {
  std::string names;
  for (const auto& name : x.names)
    names += (names.empty() ? "" : ", ") + name;
  return names;
}

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

/// A program that the process starts must not hold its connections open.
template <class Socket>
void close_on_exec(Socket& socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

} // namespace

/// What runs on the guard's thread, or is handed over to it.
struct guard::impl : std::enable_shared_from_this<guard::impl> {
  explicit impl(guard_options settings)
      : options{std::move(settings)}, strangers{options.strangers} {}

  struct stranger {
    std::unique_ptr<channel> outer;
    std::string address;
    std::unique_ptr<asio::steady_timer> deadline;
  };

  struct dialling {
    explicit dialling(asio::io_context& io)
        : resolver{io}, socket{io}, deadline{io} {}
    tcp::resolver resolver;
    tcp::socket socket;
    asio::steady_timer deadline;
    std::unique_ptr<channel> outer;
    node_address to;
    std::string address;
    std::function<void(result<line>)> done;
    bool timed_out = false;

    void close() {
      failure_code ignored;
      resolver.cancel();
      socket.close(ignored);
      if (outer)
        outer->close();
    }

    void answer(result<line> x) {
      deadline.cancel();
      if (auto call = std::exchange(done, nullptr))
        call(std::move(x));
    }

    void fail(const std::string& step, const failure_code& why) {
      answer(error{errc::timed_out,
                   "can't connect to " + to_string(to) + ": " + step + ": "
                       + (timed_out ? "no answer in time" : why.message())});
    }
  };

  guard_options options;
  std::shared_ptr<guard_thread> thread = std::make_shared<guard_thread>();
  asio::io_context& io = thread->io();
  tls_context_ptr tls;
  std::unique_ptr<tcp::acceptor> acceptor;
  std::unique_ptr<asio::steady_timer> rest;
  std::function<void(line)> welcome;
  admission strangers;
  std::map<admission::visitor, stranger> waiting;
  admission::visitor next = 1;
  std::shared_ptr<line_books> books = std::make_shared<line_books>();
  std::map<std::uint64_t, std::weak_ptr<pump>> lines;
  std::uint64_t next_line = 1;
  asio::steady_timer farewell{io};
  bool ending = false;

  void log(log_level level, std::string message,
           std::vector<std::pair<std::string_view, std::string>> fields) const {
    if (options.log)
      options.log({level, std::move(message), std::move(fields)});
  }

  void accept();
  void accepted(failure_code failure, tcp::socket socket);
  void turn_away(admission::visitor who, const std::string& why);
  void greeted(admission::visitor who, failure_code failure);
  result<line> make_line(std::unique_ptr<channel> outer, std::string address);
  void dial(const std::shared_ptr<dialling>& call);
  void connected(const std::shared_ptr<dialling>& call);
  void end();
  std::size_t rest_lines() const;
};

// -- accept -------------------------------------------------------------------

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
  guest.address = text(from);
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

// -- dial ---------------------------------------------------------------------

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
              call->address = text(at);
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

// -- the face -----------------------------------------------------------------

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
