#include "tests/support/tcp_proxy.hpp"

#include "tests/support/tcp_link.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace callboard::test {

namespace {

using actors::unique_fd;

[[noreturn]] void give_up(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return where;
}

unique_fd new_socket() {
  unique_fd made{
      socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!made)
    give_up("socket");
  return made;
}

unique_fd bound_socket(std::uint16_t port) {
  auto made = new_socket();
  int yes = 1;
  setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  auto where = loopback(port);
  if (bind(made.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) != 0)
    give_up("bind");
  return made;
}

std::uint16_t port_of(const unique_fd& socket) {
  sockaddr_in where{};
  socklen_t size = sizeof where;
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&where), &size)
      != 0)
    give_up("getsockname");
  return ntohs(where.sin_port);
}

} // namespace

class tcp_proxy::worker {
public:
  explicit worker(std::uint16_t target)
      : target_{target}, wake_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
        // Keeps the port while nobody listens.
        guard_{bound_socket(0)}, port_{port_of(guard_)} {
    if (!wake_)
      give_up("eventfd");
    listen_again();
    thread_ = std::thread{[this] {
      run();
    }};
  }

  ~worker() {
    command([this] { ending_ = true; });
    thread_.join();
  }

  std::uint16_t port() const noexcept { return port_; }

  /// Runs `work` on the thread and waits until it is done.
  void command(std::function<void()> work) {
    std::unique_lock lock{mutex_};
    commands_.push_back(std::move(work));
    auto mine = ++asked_;
    if (eventfd_write(wake_.get(), 1) != 0)
      give_up("eventfd_write");
    changed_.wait(lock, [&] { return answered_ >= mine; });
  }

  std::size_t connections() const {
    std::lock_guard lock{mutex_};
    return open_;
  }

  std::size_t accepted() const {
    std::lock_guard lock{mutex_};
    return accepted_;
  }

  bool await_accepted(std::size_t count, milliseconds limit) const {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, limit, [&] { return accepted_ >= count; });
  }

  // -- on the thread ----------------------------------------------------------

  void listen_again() {
    if (listener_)
      return;
    listener_ = bound_socket(port_);
    if (listen(listener_.get(), 128) != 0)
      give_up("listen");
  }

  void stop_listening() { listener_.reset(); }

  void freeze(bool on) { frozen_ = on; }

  void swallow(bool to_server, bool to_client) {
    lose_up_ = to_server;
    lose_down_ = to_client;
    for (auto& link : links_)
      link.lose(to_server, to_client);
  }

  void cut() {
    for (auto& link : links_)
      link.reset();
    links_.clear();
  }

  void delay(milliseconds time) { delay_ = time; }

private:
  void run() {
    while (!ending_) {
      watch();
      obey();
      if (!frozen_)
        take_new();
      auto now = tcp_link::steady::now();
      for (auto& link : links_)
        if (!frozen_)
          link.forward(now, delay_);
      links_.remove_if([](const tcp_link& link) { return link.over(); });
      std::lock_guard lock{mutex_};
      open_ = links_.size();
      changed_.notify_all();
    }
    cut();
    std::lock_guard lock{mutex_};
    answered_ = asked_;
    changed_.notify_all();
  }

  /// Waits until there is something to do.
  void watch() {
    std::vector<pollfd> watched{{wake_.get(), POLLIN, 0}};
    auto wait = milliseconds{-1};
    if (!frozen_) {
      if (listener_)
        watched.push_back({listener_.get(), POLLIN, 0});
      for (const auto& link : links_)
        link.watch(watched, wait);
    }
    poll(watched.data(), watched.size(), static_cast<int>(wait.count()));
  }

  void obey() {
    eventfd_t ignored;
    eventfd_read(wake_.get(), &ignored);
    std::unique_lock lock{mutex_};
    auto commands = std::exchange(commands_, {});
    auto asked = asked_;
    lock.unlock();
    for (const auto& command : commands)
      command();
    lock.lock();
    open_ = links_.size();
    // The last command is answered by the end of `run`, with all links reset.
    if (!ending_)
      answered_ = asked;
    changed_.notify_all();
  }

  void take_new() {
    while (listener_) {
      unique_fd client{accept4(listener_.get(), nullptr, nullptr,
                               SOCK_CLOEXEC | SOCK_NONBLOCK)};
      if (!client)
        return;
      auto server = new_socket();
      auto where = loopback(target_);
      // A refusal shows at the first read, and resets the client then.
      connect(server.get(), reinterpret_cast<sockaddr*>(&where), sizeof where);
      links_.emplace_back(std::move(client), std::move(server));
      links_.back().lose(lose_up_, lose_down_);
      std::lock_guard lock{mutex_};
      ++accepted_;
      open_ = links_.size();
      changed_.notify_all();
    }
  }

  const std::uint16_t target_;
  unique_fd wake_;
  unique_fd guard_;
  const std::uint16_t port_;

  // Of the thread.
  unique_fd listener_;
  std::list<tcp_link> links_;
  bool frozen_ = false;
  bool lose_up_ = false;
  bool lose_down_ = false;
  bool ending_ = false;
  milliseconds delay_{0};

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::function<void()>> commands_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  std::size_t open_ = 0;
  std::size_t accepted_ = 0;

  std::thread thread_;
};

tcp_proxy::tcp_proxy(std::uint16_t target)
    : worker_{std::make_unique<worker>(target)} {}

tcp_proxy::~tcp_proxy() = default;

std::uint16_t tcp_proxy::port() const noexcept {
  return worker_->port();
}

void tcp_proxy::freeze() {
  worker_->command([this] { worker_->freeze(true); });
}

void tcp_proxy::swallow(direction what) {
  worker_->command([this, what] {
    worker_->swallow(what != direction::to_client,
                     what != direction::to_server);
  });
}

void tcp_proxy::refuse() {
  worker_->command([this] { worker_->stop_listening(); });
}

void tcp_proxy::cut() {
  worker_->command([this] { worker_->cut(); });
}

void tcp_proxy::delay(milliseconds time) {
  worker_->command([this, time] { worker_->delay(time); });
}

void tcp_proxy::resume() {
  worker_->command([this] {
    worker_->freeze(false);
    worker_->swallow(false, false);
    worker_->listen_again();
  });
}

std::size_t tcp_proxy::connections() const {
  return worker_->connections();
}

std::size_t tcp_proxy::accepted() const {
  return worker_->accepted();
}

bool tcp_proxy::await_accepted(std::size_t count, milliseconds limit) const {
  return worker_->await_accepted(count, limit);
}

} // namespace callboard::test
