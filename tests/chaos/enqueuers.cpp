#include "tests/chaos/enqueuers.hpp"

#include "tests/chaos/node.hpp"
#include "tests/chaos/rest.hpp"
#include "tests/support/process.hpp"

#include <signal.h>

#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace callboard::chaos {

namespace {

using state = promise::state;
using namespace std::chrono_literals;

/// More than this waits nowhere: the test is about faults, not about load.
constexpr std::int64_t most_backlog = 500;
constexpr micros before_next_try = 200'000;
constexpr std::int64_t client_bulk = 12;
constexpr std::int64_t batches_a_burst = 60;
constexpr std::int64_t program_bulk = 20;
constexpr micros program_gap = 1'500'000;

/// The program's share of the jobs comes in bulks of 10 on average.
double program_rate() {
  return static_cast<double>(program_bulk + 1) / 2 / (program_gap / 1e6);
}

database_options patience() {
  database_options options;
  options.connect_timeout = 2s;
  options.statement_timeout = 5s;
  return options;
}

void set_all(book& notes, const std::vector<promise>& jobs, state known) {
  for (const auto& each : jobs)
    notes.set(each.id, known);
}

/// Whether a failed program is sure that what it did not print is not stored.
bool says_nothing_else(const std::string& err) {
  return err.find("nothing is stored") != std::string::npos
         || err.find("nothing from line") != std::string::npos;
}

} // namespace

// -- the client ---------------------------------------------------------------

client_enqueuer::client_enqueuer(const settings& rules, book& notes)
    : rules_{rules}, notes_{notes}, jobs_{"c", rules.seed + 1,
                                          rules.on_postgres()},
      network_{rules.on_postgres()
                   ? std::make_unique<test::tcp_proxy>(port_of(rules.database))
                   : nullptr},
      client_{open(
          network_ ? with_port(rules.database, network_->port(), "chaos-client")
                   : rules.database,
          patience())} {}

void client_enqueuer::run(const std::stop_token& stop) {
  auto rate = std::max(rules_.rate - program_rate(), 1.0);
  auto gap = static_cast<micros>(1e6 * (client_bulk + 1) / 2 / rate);
  while (rest(stop, 1 + jobs_.number(2 * gap))) {
    if (notes_.backlog() > most_backlog)
      continue;
    auto count = static_cast<std::size_t>(1 + jobs_.number(client_bulk));
    auto burst = jobs_.number(batches_a_burst) == 0;
    store(burst ? jobs_.draw_burst() : jobs_.draw(count), stop);
  }
}

bool client_enqueuer::store(const std::vector<promise>& jobs,
                            const std::stop_token& stop) {
  notes_.open(jobs);
  std::vector<new_job> wanted;
  for (const auto& each : jobs)
    wanted.push_back(to_new_job(each));
  bool again = false;
  do {
    auto began = present();
    auto done = client_.try_bulk_enqueue(wanted);
    notes_.enqueue_took(present() - began);
    if (done) {
      set_all(notes_, jobs, state::stored);
      return true;
    }
    auto code = done.error().code;
    if (code == errc::job_already_exists) {
      if (!again)
        notes_.complain("conflict of new ids: " + to_string(done.error()));
      set_all(notes_, jobs, state::stored);
      return true;
    }
    if (code != errc::commit_unknown && !again) {
      set_all(notes_, jobs, state::refused);
      return false;
    }
    again = true;
    for (const auto& each : jobs)
      notes_.repeat(each.id);
  } while (rest(stop, before_next_try));
  return true;
}

// -- the program --------------------------------------------------------------

program_enqueuer::program_enqueuer(const settings& rules, book& notes)
    : rules_{rules}, notes_{notes}, jobs_{"p", rules.seed + 2,
                                          rules.on_postgres()},
      config_{rules.folder + "/enqueuer.json"} {
  std::ofstream file{config_};
  file << R"({"database": {"url": ")" << rules.database
       << R"(", "connect_timeout": "2s", "statement_timeout": "5s"}})" << '\n';
}

void program_enqueuer::run(const std::stop_token& stop) {
  while (rest(stop, 1 + jobs_.number(2 * program_gap))) {
    if (notes_.backlog() > most_backlog)
      continue;
    auto jobs
        = jobs_.draw(static_cast<std::size_t>(1 + jobs_.number(program_bulk)));
    notes_.open(jobs);
    for (bool again = false; !store(jobs, again, stop); again = true)
      if (!rest(stop, before_next_try))
        break;
  }
}

bool program_enqueuer::store(const std::vector<promise>& jobs, bool again,
                             const std::stop_token& stop) {
  std::vector<std::string> command{rules_.program, "enqueue", "--stdin", "-c",
                                   config_};
  if (again) {
    command.push_back("--skip-existing");
    for (const auto& each : jobs)
      notes_.repeat(each.id);
  }
  std::string lines;
  for (const auto& each : jobs)
    lines += to_line(each);
  auto began = present();
  test::process program{command};
  program.write(lines);
  auto killed = kill_next_.exchange(false);
  if (killed) {
    // Somewhere between its start and its end.
    program.close_input();
    rest(stop, jobs_.number(80'000));
    program.signal(SIGKILL);
  }
  auto code = program.wait(60s);
  if (!killed)
    notes_.enqueue_took(present() - began);
  settle(jobs, again, code, program.out(), program.err());
  // A killed one is tried again half of the time; else its fate stays open.
  if (code == -SIGKILL)
    return jobs_.number(2) == 0;
  auto open = !again && code == 1 && !says_nothing_else(program.err());
  return !open && (!again || code == 0);
}

void program_enqueuer::settle(const std::vector<promise>& jobs, bool again,
                              int code, const std::string& out,
                              const std::string& err) {
  std::set<std::string> printed;
  std::istringstream lines{out};
  for (std::string id; std::getline(lines, id);)
    printed.insert(id);
  // A last line that the kill cut off is no acknowledgement.
  if (!out.empty() && out.back() != '\n')
    printed.erase(out.substr(out.rfind('\n') + 1));
  if (code == 3)
    notes_.complain("conflict of new ids: " + err);
  auto nothing_else = code == 4 || says_nothing_else(err);
  for (const auto& each : jobs) {
    auto passed_over = code == 0 && again;
    if (printed.contains(each.id) || passed_over)
      notes_.set(each.id, state::stored);
    else if (code == 0)
      notes_.complain("an enqueue ended well and did not print " + each.id);
    else if (nothing_else && !again)
      notes_.set(each.id, state::refused);
  }
}

} // namespace callboard::chaos
