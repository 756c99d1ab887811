#include "actors/cluster/channel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace callboard::actors {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class plain_channel final : public channel {
public:
  explicit plain_channel(tcp::socket socket) : socket_{std::move(socket)} {}

  void shake_hands(std::function<void(failure_code)> done) override {
    asio::post(socket_.get_executor(),
               [done = std::move(done)] { done(failure_code{}); });
  }

  void read(char* to, std::size_t size, transfer done) override {
    socket_.async_read_some(asio::buffer(to, size), std::move(done));
  }

  void write(const std::string& bytes, transfer done) override {
    asio::async_write(socket_, asio::buffer(bytes), std::move(done));
  }

  std::vector<std::string> peer_names() const override { return {}; }

  tcp::socket& socket() override { return socket_; }

private:
  tcp::socket socket_;
};

class tls_channel final : public channel {
public:
  tls_channel(tcp::socket socket, tls_context_ptr context,
              asio::ssl::stream_base::handshake_type type)
      : context_{std::move(context)}, stream_{std::move(socket), *context_},
        type_{type} {}

  /// Whom we mean to dial.
  void expect(const std::string& name) {
    stream_.set_verify_callback(asio::ssl::host_name_verification{name});
    failure_code no_address;
    asio::ip::make_address(name, no_address);
    if (no_address)
      SSL_set_tlsext_host_name(stream_.native_handle(), name.c_str());
  }

  void shake_hands(std::function<void(failure_code)> done) override {
    stream_.async_handshake(type_, std::move(done));
  }

  void read(char* to, std::size_t size, transfer done) override {
    stream_.async_read_some(asio::buffer(to, size), std::move(done));
  }

  void write(const std::string& bytes, transfer done) override {
    asio::async_write(stream_, asio::buffer(bytes), std::move(done));
  }

  std::vector<std::string> peer_names() const override {
    return actors::peer_names(
        const_cast<asio::ssl::stream<tcp::socket>&>(stream_).native_handle());
  }

  tcp::socket& socket() override { return stream_.next_layer(); }

private:
  tls_context_ptr context_;
  asio::ssl::stream<tcp::socket> stream_;
  asio::ssl::stream_base::handshake_type type_;
};

} // namespace

std::unique_ptr<channel> make_channel(tcp::socket socket) {
  return std::make_unique<plain_channel>(std::move(socket));
}

std::unique_ptr<channel> make_server_channel(tcp::socket socket,
                                             tls_context_ptr context) {
  return std::make_unique<tls_channel>(std::move(socket), std::move(context),
                                       asio::ssl::stream_base::server);
}

std::unique_ptr<channel> make_client_channel(tcp::socket socket,
                                             tls_context_ptr context,
                                             const std::string& name) {
  auto made = std::make_unique<tls_channel>(
      std::move(socket), std::move(context), asio::ssl::stream_base::client);
  made->expect(name);
  return made;
}

} // namespace callboard::actors
