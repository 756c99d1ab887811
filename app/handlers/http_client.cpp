#include "app/handlers/http_client.hpp"

#include "actors/process/sigpipe_guard.hpp"
#include "app/handlers/guarded_connection.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace callboard::app {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds connect_limit = 10s;

// httplib's client, plain or TLS, whose connection is under our guard.
template <class Base>
class guarded_client final : public Base {
public:
  guarded_client(const http_url& to, request_guard& guard)
      : Base{to.host, to.port}, guard_{guard} {
    this->set_socket_options([this](int socket) { guard_.adopt(socket); });
    this->set_connection_timeout(guard_.remaining(connect_limit));
    this->set_keep_alive(false);
    this->set_follow_location(false);
    this->set_decompress(false);
    this->set_url_encode(false);
  }

private:
  bool process_socket(const httplib::ClientImpl::Socket& socket,
                      std::function<bool(httplib::Stream&)> callback) override {
    guarded_stream stream{socket.sock, socket.ssl, guard_};
    return callback(stream);
  }

  request_guard& guard_;
};

std::string reason_of(httplib::Error what) {
  switch (what) {
  case httplib::Error::Connection:
    return "no connection";
  case httplib::Error::ConnectionTimeout:
    return "no connection in time";
  case httplib::Error::Read:
    return "the connection ended without an HTTP answer";
  case httplib::Error::Write:
    return "the connection ended while the request was sent";
  case httplib::Error::SSLConnection:
    return "no TLS connection";
  case httplib::Error::SSLLoadingCerts:
    return "the certificates of ca_file can't be read; it must be a PEM file";
  case httplib::Error::SSLServerVerification:
    return "the server's certificate is not trusted; name its authority in "
           "ca_file";
  default:
    return "failed: " + httplib::to_string(what);
  }
}

template <class Client>
result<http_answer> send(Client& client, const http_post& what,
                         request_guard& guard) {
  http_answer answer;
  auto complete = false;
  httplib::Request request;
  request.method = "POST";
  request.path = what.to.target;
  request.body = what.body;
  for (const auto& [name, value] : what.headers)
    request.set_header(name, value);
  request.response_handler = [&](const httplib::Response& head) {
    answer.status = head.status;
    answer.retry_after = head.get_header_value("Retry-After");
    return true;
  };
  request.content_receiver
      = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
          auto room = http_answer::body_limit - answer.body.size();
          answer.body.append(data, std::min(size, room));
          return answer.body.size() < http_answer::body_limit;
        };
  auto received = client.send(request);
  if (received) {
    complete = true;
    answer.status = received->status;
    answer.retry_after = received->get_header_value("Retry-After");
  }
  // With the head of an answer its outcome is known, whatever its body does.
  if (complete || answer.status != 0)
    return answer;
  if (guard.late())
    return error{errc::timed_out, "timed out"};
  if (guard.stopped())
    return error{errc::closed, "stopped on request"};
  if (guard.flooded())
    return error{errc::internal, "it sends too much before its answer"};
  return error{errc::internal, reason_of(received.error())};
}

} // namespace

result<http_answer> post(const http_post& request) {
  actors::sigpipe_guard no_sigpipe;
  request_guard guard{request.stop, request.deadline};
  if (!request.to.secure) {
    guarded_client<httplib::ClientImpl> client{request.to, guard};
    return send(client, request, guard);
  }
  guarded_client<httplib::SSLClient> client{request.to, guard};
  if (!request.ca_file.empty())
    client.set_ca_cert_path(request.ca_file);
  return send(client, request, guard);
}

} // namespace callboard::app
