#pragma once

#include "actors/cluster/tls_context.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace callboard::actors {

/// The outer side of a line: a TCP connection, with TLS or without. Belongs to
/// the guard's thread. At most one read and one write at a time; callbacks
/// come later, never from inside the call, and also after `close`.
class channel {
public:
  using failure_code = boost::system::error_code;
  using transfer = std::function<void(failure_code, std::size_t)>;

  virtual ~channel() = default;

  /// The TLS handshake, where there is one.
  virtual void shake_hands(std::function<void(failure_code)> done) = 0;
  virtual void read(char* to, std::size_t size, transfer done) = 0;
  /// All of it, or a failure.
  virtual void write(const std::string& bytes, transfer done) = 0;
  virtual std::vector<std::string> peer_names() const = 0;
  virtual boost::asio::ip::tcp::socket& socket() = 0;

  void close() {
    failure_code ignored;
    socket().close(ignored);
  }
};

/// Without TLS.
std::unique_ptr<channel> make_channel(boost::asio::ip::tcp::socket socket);

/// Of the end that was dialled.
std::unique_ptr<channel>
make_server_channel(boost::asio::ip::tcp::socket socket,
                    tls_context_ptr context);

/// Of the end that dials: the peer's certificate must hold `name`, a host name
/// or an address.
std::unique_ptr<channel>
make_client_channel(boost::asio::ip::tcp::socket socket,
                    tls_context_ptr context, const std::string& name);

} // namespace callboard::actors
