#include "tests/e2e/outage.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <thread>

using Catch::Contains;

namespace callboard::test {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t most_daemons = 3;
constexpr int holds_per_daemon = 2;

// "[{...}]" and "{...}" are one list.
std::string with(const std::string& queues, const std::string& another) {
  return queues.substr(0, queues.rfind(']')) + ", " + another + "]";
}

} // namespace

outage::outage() : here_{backend::make(backend_kind::sqlite_file)} {
  here_.configure_database("\"" + server_.url() + "\"");
  here_.configure(with(mail_queue, deadly_queue("long", holds_per_daemon)),
                  R"("shutdown_grace": "100ms")");
  here_.close_gate();
  daemons_.push_back(here_.daemon());
  here_.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  daemons_.front()->await_line("g1  ▶ started");
  while (daemons_.size() < most_daemons)
    daemons_.push_back(here_.daemon());
  std::string lines;
  for (std::size_t i = 0; i < most_daemons * holds_per_daemon; ++i)
    lines += job_line("long", "hold", "h" + std::to_string(i));
  here_.ok({"enqueue", "--stdin", "--quiet"}, lines);
  // As many as there are slots, so that each daemon has its share.
  for (const auto& daemon : daemons_)
    for (int i = 0; i < holds_per_daemon; ++i)
      daemon->await_line("▶ started");
}

std::chrono::milliseconds outage::endure(const std::string& mode,
                                         std::chrono::seconds downtime) {
  server_.halt(mode);
  for (const auto& daemon : daemons_)
    daemon->await_line("the connection to postgresql");
  here_.open_gate();
  // Time itself is what is tested: limits of silence pass meanwhile.
  std::this_thread::sleep_for(downtime);
  server_.resume();
  auto start = steady::now();
  here_.ok({"enqueue", "-q", "mail", "-t", "ledger", "--id", "new"});
  auto deadline = start + std::chrono::seconds{60};
  // The program of any of them.
  while (noted(here_, "new") == 0 && steady::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      steady::now() - start);
  CHECK(noted(here_, "new") == 1);
  for (const auto& daemon : daemons_)
    daemon->await_line("the database is back after");
  daemons_.front()->await_line("g1  ✔ done");
  return took;
}

void outage::check_unharmed() {
  CHECK(noted(here_, "stopped") == 0);
  auto rest = here_.ok({"jobs"});
  for (std::size_t i = 0; i < most_daemons * holds_per_daemon; ++i)
    CHECK_THAT(rest, Contains("h" + std::to_string(i)));
  CHECK_THAT(here_.ok({"dead", "list"}), !Contains("h0") && !Contains("g1"));
  for (const auto& daemon : daemons_)
    daemon->signal(SIGTERM);
  for (const auto& daemon : daemons_) {
    CHECK(daemon->wait() == 0);
    CHECK_THAT(daemon->err(), !Contains("fenced off")
                                  && !Contains("declared dead")
                                  && !Contains("jobs of dead nodes"));
    CHECK_THAT(daemon->out(), !Contains("came too late"));
  }
  for (std::size_t i = 0; i < most_daemons * holds_per_daemon; ++i)
    CHECK(noted(here_, "stopped h" + std::to_string(i) + " 1 closing") == 1);
}

} // namespace callboard::test
