#include "app/handlers/http_handler.hpp"
#include "tests/app/handlers/call.hpp"
#include "tests/app/handlers/certificate.hpp"
#include "tests/app/handlers/raw_server.hpp"
#include "tests/app/handlers/scratch_folder.hpp"

#include <catch2/catch.hpp>
#include <httplib.h>

#include <thread>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

// A server whose /hook does what the test says.
template <class Server = httplib::Server>
class endpoint {
public:
  template <class... Args>
  explicit endpoint(httplib::Server::Handler answer, Args... args)
      : server_{args...} {
    server_.Post("/hook", std::move(answer));
    server_.set_payload_max_length(32 << 20);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread{[this] {
      server_.listen_after_bind();
    }};
    while (!server_.is_running())
      std::this_thread::yield();
  }

  ~endpoint() {
    server_.stop();
    thread_.join();
  }

  std::string url() const {
    return "://127.0.0.1:" + std::to_string(port_) + "/hook";
  }

private:
  Server server_;
  int port_;
  std::thread thread_;
};

// A handler that posts to an endpoint.
struct posted {
  explicit posted(httplib::Server::Handler answer,
                  std::map<std::string, std::string> headers = {})
      : server{std::move(answer)}, run{[&] {
          auto where = environment_in("/");
          where.now = [] {
            using namespace std::chrono;
            return callboard::time_point{sys_days{year{2026} / November / 23}};
          };
          return made(make_http_handler(
              {.url = "http" + server.url(), .headers = headers}, where));
        }()} {}

  outcome operator()() { return with(run); }

  endpoint<> server;
  handler run;
  call with;
};

// What a status leads to.
outcome answered(int status, std::string body = {},
                 std::string retry_after = {}) {
  posted x{[=](const httplib::Request&, httplib::Response& response) {
    response.status = status;
    response.body = body;
    if (!retry_after.empty())
      response.set_header("Retry-After", retry_after);
  }};
  return x();
}

bool is_failed(const outcome& answer) {
  return std::holds_alternative<failed>(answer);
}

bool is_dead(const outcome& answer) {
  return std::holds_alternative<dead>(answer);
}

} // namespace

TEST_CASE("a job is posted with its facts as headers") {
  httplib::Request seen;
  posted x{[&](const httplib::Request& request, httplib::Response&) {
             seen = request;
           },
           {{"Authorization", "Bearer token"}}};
  x.with.work.arg = std::string{"a\0b\xff", 4};
  CHECK(x() == complete());
  CHECK(seen.method == "POST");
  CHECK(seen.body == x.with.work.arg);
  CHECK(seen.get_header_value("X-Request-Id") == "r1");
  CHECK(seen.get_header_value("Callboard-Job-Id") == "j1");
  CHECK(seen.get_header_value("Callboard-Queue") == "mail");
  CHECK(seen.get_header_value("Callboard-Type") == "welcome");
  CHECK(seen.get_header_value("Callboard-Attempt") == "2");
  CHECK(seen.get_header_value("Callboard-Fence") == "7");
  CHECK(seen.get_header_value("Content-Type") == "application/octet-stream");
  CHECK(seen.get_header_value("Authorization") == "Bearer token");
}

TEST_CASE("the type of the content can be set") {
  std::string type;
  posted x{[&](const httplib::Request& request, httplib::Response&) {
             type = request.get_header_value("Content-Type");
             CHECK(request.get_header_value_count("Content-Type") == 1);
           },
           {{"content-type", "application/json"}}};
  CHECK(x() == complete());
  CHECK(type == "application/json");
}

TEST_CASE("no field of a job can add a header") {
  std::string seen;
  {
    raw_server server{[&](raw_connection& to) {
      seen = to.request();
      to.send("HTTP/1.1 204 Done\r\n\r\n");
    }};
    call with;
    with.work.id = "a\r\nEvil: 1";
    with.work.type = "50% \xc3\xa4\n";
    with.work.request_id = "r\r\n\r\nGET / HTTP/1.1";
    CHECK(with(made(
              make_http_handler({.url = server.url()}, environment_in("/"))))
          == complete());
  }
  CHECK_THAT(seen, Contains("Callboard-Job-Id: a%0D%0AEvil:%201\r\n"));
  CHECK_THAT(seen, Contains("Callboard-Type: 50%25%20%C3%A4%0A\r\n"));
  CHECK_THAT(seen,
             Contains("X-Request-Id: r%0D%0A%0D%0AGET%20/%20HTTP/1.1\r\n"));
  CHECK_THAT(seen, !Contains("\nEvil") && !Contains("\nGET"));
}

TEST_CASE("a large arg is posted whole") {
  std::size_t size = 0;
  posted x{[&](const httplib::Request& request, httplib::Response&) {
    size = request.body.size();
  }};
  x.with.work.arg.assign(16 << 20, 'x');
  CHECK(x() == complete());
  CHECK(size == 16 << 20);
}

TEST_CASE("every 2xx completes") {
  CHECK(answered(200, "whatever") == complete());
  CHECK(answered(201) == complete());
  CHECK(answered(204) == complete());
}

TEST_CASE("429 and 503 retry after Retry-After") {
  auto limited = answered(429, "slow down", "120");
  CHECK(std::get<retried>(limited).after == 120s);
  CHECK_THAT(error_of(limited), Contains("HTTP 429: slow down"));
  auto away = answered(503, "", "Mon, 23 Nov 2026 00:05:00 GMT");
  CHECK(std::get<retried>(away).after == 5min);
  CHECK(std::get<retried>(answered(503, "", "1000000")).after == 24h);
}

TEST_CASE("answers that ask to come back fail by the policy without a time") {
  CHECK(is_failed(answered(408)));
  CHECK(is_failed(answered(425)));
  CHECK(is_failed(answered(429)));
  CHECK(is_failed(answered(503, "", "soon")));
}

TEST_CASE("other 4xx go to the dead letters") {
  auto missing = answered(404, "no such hook");
  CHECK(is_dead(missing));
  CHECK_THAT(error_of(missing), Contains("/hook: HTTP 404: no such hook"));
  CHECK(is_dead(answered(400)));
  CHECK(is_dead(answered(422)));
}

TEST_CASE("5xx fail by the policy") {
  auto broken = answered(500, "stack trace");
  CHECK(is_failed(broken));
  CHECK_THAT(error_of(broken), Contains("HTTP 500: stack trace"));
  CHECK(is_failed(answered(502)));
  CHECK(is_failed(answered(599)));
}

TEST_CASE("a redirect is not followed") {
  auto followed = false;
  endpoint<> target{[&](const httplib::Request&, httplib::Response&) {
    followed = true;
  }};
  posted x{[&](const httplib::Request&, httplib::Response& response) {
    response.set_redirect("http" + target.url(), 307);
  }};
  auto answer = x();
  CHECK(is_dead(answer));
  CHECK_THAT(error_of(answer),
             Contains("HTTP 307: redirects are not followed"));
  CHECK_FALSE(followed);
}

TEST_CASE("https is trusted by the authority of the config, and only then") {
  scratch_folder folder;
  write_certificate(folder / "server.pem", folder / "key.pem");
  endpoint<httplib::SSLServer> server{
      [](const httplib::Request& request, httplib::Response& response) {
        response.status = request.body == "arg" ? 200 : 400;
      },
      (folder / "server.pem").c_str(), (folder / "key.pem").c_str()};
  auto where = environment_in(folder.path());
  call with;
  with.work.arg = "arg";
  CHECK(with(made(make_http_handler(
            {.url = "https" + server.url(), .ca_file = "server.pem"}, where)))
        == complete());
  auto distrusted
      = with(made(make_http_handler({.url = "https" + server.url()}, where)));
  CHECK(is_failed(distrusted));
  CHECK_THAT(error_of(distrusted), Contains("ca_file"));
}

TEST_CASE("settings that make no sense are refused") {
  auto where = environment_in("/");
  CHECK_THAT(refusal(make_http_handler({.url = "nonsense"}, where)),
             Contains("http://"));
  auto with_header = [&](std::string name, std::string value) {
    return refusal(make_http_handler(
        {.url = "http://a/", .headers = {{name, value}}}, where));
  };
  CHECK_THAT(with_header("A B", "x"), Contains("'A B'"));
  CHECK_THAT(with_header("A", "x\r\nEvil: 1"), Contains("'A'"));
  CHECK_THAT(with_header("Callboard-Fence", "9"), Contains("set by Callboard"));
  CHECK_THAT(refusal(make_http_handler(
                 {.url = "https://a/", .ca_file = "/absent.pem"}, where)),
             Contains("/absent.pem"));
}

TEST_CASE("a ca_file without a certificate is refused") {
  scratch_folder folder;
  folder.file("ca.pem", "no certificate");
  CHECK_THAT(refusal(make_http_handler(
                 {.url = "https://localhost/", .ca_file = "ca.pem"},
                 environment_in(folder.path()))),
             Contains("ca.pem' holds no certificate"));
}
