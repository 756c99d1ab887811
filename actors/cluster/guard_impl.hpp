#pragma once

#include "actors/cluster/admission.hpp"
#include "actors/cluster/channel.hpp"
#include "actors/cluster/guard.hpp"
#include "actors/cluster/guard_thread.hpp"
#include "actors/cluster/pump.hpp"
#include "actors/cluster/tls_context.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fcntl.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::actors {

namespace asio = boost::asio;
using asio::ip::tcp;
using failure_code = boost::system::error_code;

inline std::string text_of(const tcp::endpoint& at) {
  return to_string(node_address{at.address().to_string(), at.port()});
}

/// A program that the process starts must not hold its connections open.
template <class Socket>
void close_on_exec(Socket& socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

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

  // guard_accept.cpp
  void accept();
  void accepted(failure_code failure, tcp::socket socket);
  void turn_away(admission::visitor who, const std::string& why);
  void greeted(admission::visitor who, failure_code failure);

  // guard.cpp
  result<line> make_line(std::unique_ptr<channel> outer, std::string address);
  void end();
  std::size_t rest_lines() const;

  // guard_dial.cpp
  void dial(const std::shared_ptr<dialling>& call);
  void connected(const std::shared_ptr<dialling>& call);
};

} // namespace callboard::actors
