#include "tests/e2e/busy_daemon.hpp"

#include "tests/e2e/ledger.hpp"

#include <catch2/catch.hpp>
#include <soci/postgresql/soci-postgresql.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <thread>
#include <utility>

using Catch::Contains;

namespace callboard::test {

namespace {

struct split_url {
  std::string before, port, behind;
};

split_url split(const std::string& url) {
  auto from = url.rfind(':') + 1;
  auto to = url.find('/', from);
  return {url.substr(0, from), url.substr(from, to - from), url.substr(to)};
}

std::string and_more(const std::string& keys) {
  return keys.empty() ? "" : ", " + keys;
}

} // namespace

busy_daemon::busy_daemon(const busy_options& options)
    : network{static_cast<std::uint16_t>(std::stoi(split(server.url()).port))} {
  auto url = split(server.url());
  here.configure_database("{\"url\": \"" + url.before
                          + std::to_string(network.port()) + url.behind + "\""
                          + and_more(options.database) + "}");
  here.configure(options.queues, R"("http": {"listen": "127.0.0.1:0"})"
                                     + and_more(options.more));
  here.close_gate();
  daemon = here.start({"run", "--live"});
  health = std::make_unique<health_watch>(*daemon);
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1", "--arg",
           options.arg});
  daemon->await_line("g1  ▶ started");
}

std::unique_ptr<soci::session> busy_daemon::session() const {
  // SOCI spoils a URL without parameters.
  return std::make_unique<soci::session>(soci::postgresql,
                                         server.url() + "?application_name=t");
}

void busy_daemon::alter_system(const std::vector<std::string>& settings) const {
  auto sql = session();
  *sql << "set default_transaction_read_only = off";
  *sql << "set statement_timeout = 0";
  *sql << "set idle_session_timeout = 0";
  for (const auto& one : settings)
    *sql << "alter system set " + one;
  *sql << "select pg_reload_conf()";
}

void busy_daemon::check_refused(int code, const std::string& why,
                                const std::string& arg) const {
  auto refused = here.callboard(
      {"enqueue", "-q", "mail", "-t", "welcome", "--arg", arg});
  INFO(refused.err);
  CHECK(refused.code == code);
  CHECK(refused.out.empty());
  CHECK_THAT(refused.err, Contains(why));
}

void busy_daemon::await_return(const std::string& trouble) const {
  using std::chrono::steady_clock;
  auto over = steady_clock::now();
  daemon->await_line("the database is back after");
  auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      steady_clock::now() - over);
  std::cout << trouble << ": the daemon was back " << took.count()
            << " ms after its end\n";
}

void busy_daemon::check_unharmed(const std::string& end) {
  daemon->await_line("g1  " + end);
  health->await(200, R"("status":"ok")");
  here.ok({"enqueue", "-q", "mail", "-t", "ledger", "--id", "after"});
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  // The program of any of the daemons.
  while (noted(here, "after") == 0
         && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  CHECK(noted(here, "after") == 1);
  others.push_back(std::move(daemon));
  for (const auto& one : others)
    one->signal(SIGTERM);
  for (const auto& one : others) {
    auto code = one->wait();
    INFO(one->err());
    CHECK(code == 0);
    CHECK_THAT(one->out(), !Contains("stopped (") && !Contains("attempt 2")
                               && !Contains("came too late"));
    CHECK_THAT(one->err(), !Contains("fenced off") && !Contains("declared dead")
                               && !Contains("jobs of dead nodes"));
  }
  // Also nothing of what was refused.
  CHECK_THAT(here.ok({"jobs"}), !Contains("mail"));
}

} // namespace callboard::test
