#include "app/handlers/http_handler.hpp"
#include "tests/app/handlers/call.hpp"
#include "tests/app/handlers/raw_server.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>

#include <future>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

// Endpoints that are down, slow, endless or speak nonsense.

namespace {

handler posting_to(const std::string& url) {
  auto where = environment_in("/");
  return made(make_http_handler({.url = url}, where));
}

// The outcome of a job whose endpoint sends these bytes and closes.
outcome sent(const std::string& bytes) {
  raw_server server{[&](raw_connection& to) {
    to.request();
    to.send(bytes);
  }};
  return call{}(posting_to(server.url()));
}

// The same, where the bytes are sent again and again after a beginning.
outcome flooded(const std::string& begin, const std::string& bytes) {
  raw_server server{[&](raw_connection& to) {
    to.request();
    to.send(begin);
    while (to.send(bytes)) {
    }
  }};
  return call{}(posting_to(server.url()));
}

bool is_failed(const outcome& answer) {
  return std::holds_alternative<failed>(answer);
}

} // namespace

TEST_CASE("an endpoint that is down fails by the policy") {
  closed_port nobody;
  auto answer = call{}(posting_to(nobody.url()));
  CHECK(is_failed(answer));
  CHECK_THAT(error_of(answer),
             Contains("127.0.0.1") && Contains("no connection"));
}

TEST_CASE("an endpoint whose name is unknown fails by the policy") {
  auto answer = call{}(posting_to("http://no-such-host.invalid/"));
  CHECK(is_failed(answer));
  CHECK_THAT(error_of(answer), Contains("no connection"));
}

TEST_CASE("an endpoint that does not answer is cut off at the deadline") {
  raw_server server{[](raw_connection& to) {
    to.wait_for_end();
  }};
  call with;
  with.deadline = std::chrono::steady_clock::now() + 50ms;
  with.timeout = 30s;
  auto answer = with(posting_to(server.url()));
  CHECK(is_failed(answer));
  CHECK_THAT(error_of(answer), Contains("timed out after 30s"));
}

TEST_CASE("an endpoint that drips is cut off at the deadline, too") {
  raw_server server{[](raw_connection& to) {
    to.request();
    while (to.send("H"))
      std::this_thread::yield();
  }};
  call with;
  with.deadline = std::chrono::steady_clock::now() + 50ms;
  CHECK(is_failed(with(posting_to(server.url()))));
}

TEST_CASE("a stop ends a request that waits for its answer") {
  call with;
  raw_server server{[&](raw_connection& to) {
    to.request();
    with.stop.request(stop_reason::cancelled);
    to.wait_for_end();
  }};
  auto answer = with(posting_to(server.url()));
  CHECK(is_failed(answer));
  CHECK_THAT(error_of(answer), Contains("stopped on request"));
}

TEST_CASE("a stop ends a request that is still connecting") {
  full_port nobody_accepts;
  call with;
  auto answer = std::async(std::launch::async, [&] {
    return with(posting_to(nobody_accepts.url()));
  });
  nobody_accepts.wait_for_attempt();
  with.stop.request(stop_reason::cancelled);
  CHECK_THAT(error_of(answer.get()), Contains("stopped on request"));
}

TEST_CASE("a stop before the request sends none") {
  call with;
  with.stop.request(stop_reason::cancelled);
  closed_port nobody;
  CHECK_THAT(error_of(with(posting_to(nobody.url()))),
             Contains("stopped on request"));
}

TEST_CASE("what is no HTTP fails by the policy") {
  for (auto bytes :
       {"", "\n", "nonsense\r\n\r\n", "SSH-2.0-OpenSSH\r\n",
        "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200",
        "\x16\x03\x01\x02", "HTTP/1.1 200 OK\r\nheader without an end"}) {
    INFO(bytes);
    CHECK(is_failed(sent(bytes)));
  }
}

TEST_CASE("bytes of any value are no HTTP") {
  std::string bytes;
  for (int i = 0; i < 4096; ++i)
    bytes += static_cast<char>(i * 7919 % 256);
  CHECK(is_failed(sent(bytes)));
}

TEST_CASE("a status that is none fails by the policy") {
  CHECK(is_failed(sent("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n")));
  CHECK(is_failed(sent("HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n")));
}

TEST_CASE("an answer whose body breaks off counts by its status") {
  CHECK(sent("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart")
        == complete());
  auto broken = sent("HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\npart");
  CHECK(is_failed(broken));
  CHECK_THAT(error_of(broken), Contains("HTTP 500: part"));
  CHECK(sent("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        == complete());
}

TEST_CASE("an endless body is cut off") {
  auto answer = flooded("HTTP/1.1 500 No\r\n\r\n", std::string(65536, 'x'));
  CHECK(is_failed(answer));
  CHECK(error_of(answer).size() < 9000);
  CHECK(flooded("HTTP/1.1 200 OK\r\n\r\n", std::string(65536, 'x'))
        == complete());
}

TEST_CASE("an endless line or header is cut off in little memory") {
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  std::string block(65536, 'x');
  CHECK(is_failed(flooded("", block)));
  CHECK(is_failed(flooded("HTTP/1.1 200 ", block)));
  CHECK(is_failed(flooded("HTTP/1.1 200 OK\r\nA: ", block)));
  CHECK(is_failed(flooded("HTTP/1.1 200 OK\r\n", "A: b\r\n")));
  CHECK(is_failed(flooded("", "HTTP/1.1 100 Continue\r\n\r\n")));
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 32 * 1024);
}

TEST_CASE("a server that closes while a large arg is sent raises no signal") {
  raw_server server{[](raw_connection&) {
  }};
  call with;
  with.work.arg.assign(16 << 20, 'x');
  CHECK(is_failed(with(posting_to(server.url()))));
}

TEST_CASE("a plain server behind an https url fails by the policy") {
  raw_server server{[](raw_connection& to) {
    to.send("HTTP/1.1 200 OK\r\n\r\n");
    to.wait_for_end();
  }};
  auto answer = call{}(
      posting_to("https://127.0.0.1:" + std::to_string(server.port()) + "/"));
  CHECK(is_failed(answer));
  CHECK_THAT(error_of(answer), Contains("no TLS connection"));
}
