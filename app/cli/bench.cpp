#include "app/bench/leftovers.hpp"
#include "app/bench/report.hpp"
#include "app/bench/target.hpp"
#include "app/bench/trial.hpp"
#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/json.hpp"
#include "app/cli/text.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <csignal>
#include <ostream>

namespace callboard::app {

namespace {

std::string count_of(std::size_t jobs) {
  return show_number(static_cast<std::int64_t>(jobs))
         + (jobs == 1 ? " job" : " jobs");
}

/// One run of `bench` on a database that was found.
class bench_run {
public:
  bench_run(const bench_command& what, bench::target place, console& io)
      : what_{what}, place_{std::move(place)}, io_{io},
        queues_{bench::new_queues(what.how.queues)} {}

  exit_code run() {
    auto opened = place_.db->connect();
    if (!opened)
      return complain(io_, opened.error());
    store_ = std::move(*opened);
    auto code = what_.clean ? clean_up_others() : refuse_leftovers();
    if (code != exit_code::done)
      return code;
    // Before any thread: all of them then leave the signals to us.
    signal_waiter signals{SIGINT, SIGTERM};
    if (auto failed = measure(signals)) {
      code = complain(io_, *failed);
      // What fails now is not the cause.
      static_cast<void>(free_our_jobs(signals));
    }
    return std::max(code, clean_up(code != exit_code::done));
  }

private:
  exit_code refuse_leftovers() {
    auto used = bench::used_bench_queues(*store_);
    if (!used)
      return complain(io_, used.error());
    if (used->empty())
      return exit_code::done;
    return complain(io_,
                    "there are jobs of another bench, such as in queue '"
                        + used->front().queue
                        + "': wait until it has ended, or remove what a broken"
                          " one has left behind with --clean",
                    exit_code::conflict);
  }

  /// What a worker process that died still holds becomes removable.
  result<void> free_jobs_of_the_dead() {
    auto freed = store_->reclaim({.silence = place_.node.silence_limit,
                                  .max_crashes = place_.node.max_crashes});
    if (!freed)
      return freed.error();
    return {};
  }

  /// The same until none of our jobs runs. The system may take a moment to let
  /// go of what a killed process had locked.
  result<void> free_our_jobs(signal_waiter& signals) {
    constexpr auto longest = std::chrono::seconds{10};
    constexpr auto between_looks = std::chrono::milliseconds{20};
    auto end = std::chrono::steady_clock::now() + longest;
    for (;;) {
      if (auto freed = free_jobs_of_the_dead(); !freed)
        return freed;
      auto running = bench::any_running(*store_, queues_);
      if (!running)
        return running.error();
      if (!*running || std::chrono::steady_clock::now() >= end)
        return {};
      // Another signal means that somebody is in a hurry.
      if (signals.wait(between_looks))
        return {};
    }
  }

  exit_code clean_up_others() {
    if (auto freed = free_jobs_of_the_dead(); !freed)
      return complain(io_, freed.error());
    auto used = bench::used_bench_queues(*store_);
    if (!used)
      return complain(io_, used.error());
    std::vector<std::string> names;
    for (const auto& each : *used)
      names.push_back(each.queue);
    auto gone = bench::remove_jobs(*store_, names);
    if (!gone)
      return complain(io_, gone.error());
    if (*gone != 0)
      note(io_, "removed " + count_of(*gone) + " of an earlier bench");
    return refuse_leftovers();
  }

  /// Answers what went wrong, except for what the ledger says.
  std::optional<error> measure(signal_waiter& signals) {
    bench::part_plan common;
    if (what_.database.empty())
      common.config = what_.config;
    common.database = what_.database;
    common.queues = queues_;
    common.concurrency = what_.how.concurrency;
    common.size = what_.how.size;
    common.work = what_.how.work;
    for (auto mode : what_.how.modes) {
      bench::trial trial{what_.how, place_, common, mode, signals, io_};
      auto seen = trial.run();
      if (!seen)
        return seen.error();
      seen_.push_back(std::move(*seen));
    }
    return std::nullopt;
  }

  /// What is left after a failure is only to be removed; else it is a fault.
  exit_code clean_up(bool failed) {
    auto gone = bench::remove_jobs(*store_, queues_);
    auto code = gone ? exit_code::done : complain(io_, gone.error());
    if (gone && *gone != 0 && failed)
      note(io_, "removed " + count_of(*gone) + " that were left");
    else if (gone && *gone != 0)
      code = complain(io_,
                      count_of(*gone)
                          + " were still stored after all had been settled",
                      exit_code::failed);
    return std::max(code, report(failed || code != exit_code::done));
  }

  exit_code report(bool failed) {
    if (what_.json)
      print(io_.out, bench::to_json(seen_, !failed && bench::all_clean(seen_),
                                    what_.how, place_.db->name()));
    else if (!seen_.empty())
      bench::print_table(seen_, io_.out, io_.colours);
    return bench::all_clean(seen_) ? exit_code::done : exit_code::failed;
  }

  const bench_command& what_;
  bench::target place_;
  console& io_;
  std::vector<std::string> queues_;
  std::unique_ptr<job_store> store_;
  std::vector<bench::measurement> seen_;
};

} // namespace

exit_code perform(const bench_command& what, console& io) {
  auto config = what.database.empty() ? what.config : std::string{};
  auto found = bench::find_target(config, what.database);
  if (auto* problems = std::get_if<std::vector<config::problem>>(&found)) {
    for (const auto& each : *problems)
      note(io, config.empty() ? "--database: " + each.message
                              : to_string(each, config));
    return exit_code::usage;
  }
  auto& place = std::get<bench::target>(found);
  if (what.how.processes != 0 && place.db->name() == "sqlite::memory:")
    return complain(io,
                    "--processes needs a database that several processes can"
                    " open, such as sqlite:FILE",
                    exit_code::usage);
  if (what.how.size > place.db->options().arg_limit)
    return complain(io, "--size is larger than the database's arg_limit",
                    exit_code::usage);
  return bench_run{what, std::move(place), io}.run();
}

} // namespace callboard::app
