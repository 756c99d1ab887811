#include "tests/chaos/run.hpp"

#include "tests/support/process.hpp"

#include <poll.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <stdexcept>
#include <utility>

namespace callboard::chaos {

namespace {

constexpr micros start_limit = 60'000'000;
constexpr micros end_limit = 60'000'000;
/// As a service manager would.
constexpr micros before_restart = 300'000;
/// How often the logs are looked at for a node that starts.
constexpr int tick_ms = 20;
/// A turn of the loop that takes longer says that the machine is too busy.
constexpr micros stall = 1'000'000;
constexpr micros between_reports = 30'000'000;
constexpr micros between_looks = 200'000;

void migrate(const settings& rules) {
  auto done = test::run(
      {rules.program, "migrate", "-c", rules.folder + "/enqueuer.json"});
  if (done.code != 0)
    throw std::runtime_error{"can't migrate: " + done.err};
}

} // namespace

run::run(const settings& rules, std::ostream& progress)
    : rules_{rules}, progress_{progress}, fault_log_{rules_.folder + "/faults"},
      client_{rules_, notes_}, program_{rules_, notes_},
      injector_{rules_, nodes_, performers_, client_, program_, fault_log_},
      ledger_{rules_.folder + "/ledger"} {
  migrate(rules_);
  audit{rules_.database}.install();
  // It is there from the beginning, empty.
  std::ofstream{rules_.folder + "/ledger"};
  for (int i = 1; i <= rules_.nodes; ++i)
    nodes_.push_back(std::make_unique<node>(rules_, certificates_, i));
  for (int i = 1; i <= rules_.performers; ++i)
    performers_.push_back(
        std::make_unique<performer>(rules_, certificates_, i, nodes_));
  for (const auto& each : nodes_)
    members_.push_back(each.get());
  for (const auto& each : performers_)
    members_.push_back(each.get());
}

void run::perform() {
  start_all();
  let_faults_come();
  await_return();
  stop_enqueuers();
  drain();
  stop_all();
  ask_witnesses();
}

void run::start_all() {
  for (auto* each : members_)
    each->start();
  auto all_ready = [&] {
    return std::ranges::all_of(members_, [](auto* x) { return x->ready(); });
  };
  if (!look_after_all_until(all_ready, start_limit))
    throw std::runtime_error{"not all nodes start; see their logs"};
  enqueuing_ = 2;
  client_thread_ = std::jthread{[this](const std::stop_token& stop) {
    client_.run(stop);
    --enqueuing_;
  }};
  program_thread_ = std::jthread{[this](const std::stop_token& stop) {
    program_.run(stop);
    --enqueuing_;
  }};
}

void run::let_faults_come() {
  auto kinds = rules_.kinds;
  if (kinds.empty())
    kinds = rules_.on_postgres() ? postgres_faults() : sqlite_faults();
  auto schedule = make_schedule({rules_.seed, rules_.faults, rules_.time,
                                 rules_.nodes, rules_.performers,
                                 rules_.silence_limit, rules_.silence, kinds});
  auto began = present();
  std::atomic<std::size_t> over = 0;
  std::vector<std::jthread> faults;
  std::size_t next = 0;
  auto told = began;
  auto come = [&] {
    if (present() - told > between_reports) {
      told = present();
      tell(std::to_string((told - began) / 1'000'000)
           + " s: " + std::to_string(over) + " of "
           + std::to_string(schedule.size()) + " faults over, "
           + std::to_string(lines_.size()) + " lines in the ledger, backlog "
           + std::to_string(notes_.backlog()));
    }
    while (next < schedule.size() && schedule[next].at <= present() - began)
      faults.emplace_back(
          [&, what = schedule[next++]](const std::stop_token& stop) {
            injector_.perform(what, stop);
            ++over;
          });
    return over == schedule.size();
  };
  // Each fault ends by itself, at the latest some minutes after it began.
  look_after_all_until(come, rules_.time * 10 + 600'000'000);
  about_.faults_took = present() - began;
  for (const auto& each : injector_.missed())
    seen_.push_back({"fault not made", each});
}

void run::await_return() {
  auto since = present();
  auto works = [&](const member* x) {
    return last_begin_[x->life_name()] > since;
  };
  auto all_work = [&] {
    return std::ranges::all_of(members_, works);
  };
  if (!look_after_all_until(all_work, rules_.return_limit))
    for (const auto* each : members_)
      if (!works(each))
        seen_.push_back({"never came back",
                         each->name() + " began no job after the last fault"});
  about_.drain_took = present() - since;
}

void run::stop_enqueuers() {
  client_thread_.request_stop();
  program_thread_.request_stop();
  if (!look_after_all_until([&] { return enqueuing_ == 0; }, end_limit))
    seen_.push_back({"hangs", "an enqueue does not answer"});
}

void run::drain() {
  auto began = present();
  auto looked = micros{0};
  audit database{rules_.database};
  auto empty = [&] {
    if (present() - looked < between_looks)
      return false;
    looked = present();
    return database.stored().empty();
  };
  look_after_all_until(empty, rules_.drain_limit);
  about_.drain_took += present() - began;
  facts_.left_over = database.stored();
}

void run::stop_all() {
  restarting_ = false;
  // The performers first: they end in peace while somebody takes their answers.
  stop({members_.begin() + rules_.nodes, members_.end()});
  stop({members_.begin(), members_.begin() + rules_.nodes});
}

void run::stop(const std::vector<member*>& some) {
  for (auto* each : some)
    each->ask_to_end();
  auto all_ended = [&] {
    return std::ranges::all_of(some, [](auto* x) { return x->watch() < 0; });
  };
  if (look_after_all_until(all_ended, end_limit))
    return;
  for (auto* each : some)
    if (each->watch() >= 0) {
      seen_.push_back({"hangs", each->name() + " does not end when asked to"});
      each->kill();
    }
  look_after_all_until(all_ended, end_limit);
}

bool run::look_after_all_until(const std::function<bool()>& over,
                               micros limit) {
  for (auto until = present() + limit; present() < until;) {
    auto began = present();
    std::vector<pollfd> ends;
    for (auto* each : members_) {
      auto planned = start_at_.find(each);
      if (planned != start_at_.end()) {
        if (!restarting_ || planned->second > present())
          continue;
        start_at_.erase(planned);
        each->start();
      } else if (each->look_after()) {
        start_at_[each] = present() + before_restart;
      } else {
        ends.push_back({each->watch(), POLLIN, 0});
      }
    }
    read_ledger();
    if (over())
      return true;
    poll(ends.data(), ends.size(), tick_ms);
    if (present() - began > stall)
      facts_.faults.push_back({fault_kind::stalled, 0, began, present()});
  }
  return false;
}

void run::read_ledger() {
  static const std::set<std::string> ends{"complete", "dead", "throw"};
  for (auto& each : ledger_.more()) {
    if (each.begins)
      last_begin_[each.life] = each.at;
    else if (ends.contains(each.result))
      notes_.ended(each.id);
    lines_.push_back(std::move(each));
  }
}

void run::tell(const std::string& what) {
  progress_ << what << std::endl;
}

} // namespace callboard::chaos
