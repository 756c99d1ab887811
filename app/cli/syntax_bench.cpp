#include "app/bench/ledger.hpp"
#include "app/bench/payload.hpp"
#include "app/cli/syntax.hpp"
#include "config/size.hpp"

#include <set>

namespace callboard::app::syntax {

namespace {

void add_modes(CLI::App& app, bench_command& value) {
  std::vector<std::string> names;
  for (auto each : bench::all_modes())
    names.emplace_back(bench::to_string(each));
  app.add_option_function<std::vector<std::string>>(
         "MODE",
         [&value](const std::vector<std::string>& wanted) {
           value.how.modes.clear();
           for (auto each : bench::all_modes())
             for (const auto& name : wanted)
               if (name == bench::to_string(each))
                 value.how.modes.push_back(each);
         },
         "enqueue (storing jobs, one a call), bulk (many a call), drain "
         "(performing stored jobs), flow (both at once), idle (how soon a "
         "single job begins when nothing else happens) or steady (the same in "
         "a steady stream). Several may be given. Default: all of them, in "
         "this order.")
      ->option_text("MODE")
      ->check(CLI::IsMember(std::set<std::string>{names.begin(), names.end()})
                  .description(""));
}

void add_counts(CLI::App& app, bench::options& how) {
  auto number = [&](const char* name, auto& value, std::size_t least,
                    std::size_t most, const std::string& help) {
    app.add_option(name, value, help)
        ->option_text("N")
        ->check(CLI::Range(least, most));
  };
  auto jobs = bench::ledger::most_jobs;
  number("--jobs", how.jobs, 1, jobs,
         "Jobs of each of enqueue, bulk, drain and flow. Default: 10000.");
  number("--samples", how.samples, 1, jobs,
         "Jobs of each of idle and steady. Default: 300.");
  number("--concurrency", how.concurrency, 1, 10'000,
         "Slots of each queue, in each process. Default: 8.");
  number("--producers", how.producers, 1, 1000,
         "Threads that enqueue, in each process. Default: 4.");
  number("--bulk", how.bulk, 1, 100'000,
         "Jobs of one call of bulk. Default: 1000.");
  number("--queues", how.queues, 1, 10'000,
         "Queues over which the jobs are spread. Default: 1.");
  number("--processes", how.processes, 1, bench::ledger::most_parts - 1,
         "Processes that perform the jobs, and store those of enqueue, bulk "
         "and flow. Default: this process does both.");
  number("--rate", how.rate, 1, 1'000'000,
         "Jobs a second of steady. Default: 200.");
}

void add_size(CLI::App& app, bench::options& how) {
  app.add_option_function<std::string>(
         "--size",
         [&how](const std::string& text) {
           auto size = config::parse_size(text);
           if (!size)
             throw CLI::ValidationError{"--size", size.error().message};
           if (*size < static_cast<std::int64_t>(bench::payload::least))
             throw CLI::ValidationError{
                 "--size", "must be at least "
                               + std::to_string(bench::payload::least) + "B"};
           how.size = static_cast<std::size_t>(*size);
         },
         "The size of each arg, such as 4KiB, at least 40B. Units: B, KiB, "
         "MiB, GiB. Default: 100B.")
      ->option_text("SIZE");
}

} // namespace

void add_bench(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "bench",
      "Measure how fast jobs are stored and performed on this database.\n"
      "\n"
      "Uses queues of its own, whose names begin with callboard-bench-, and "
      "leaves nothing behind; jobs of other queues are not touched. Counts "
      "for each job how often it was performed: if that is not exactly once, "
      "it says so and ends with exit code 1. Jobs that an earlier bench left "
      "behind are a conflict (exit code 3).");
  auto value = choose<bench_command>(*app, chosen);
  add_modes(*app, *value);
  add_counts(*app, value->how);
  add_size(*app, value->how);
  add_duration(*app, "--work", value->how.work,
               "How long each handler takes (it sleeps), such as 5ms. Units: "
               "us, ms, s, m, h, d. Default: nothing is done.");
  add_duration(*app, "--patience", value->how.patience,
               "Fail when nothing has happened for so long. Default: 30s.");
  app->add_flag("--clean", value->clean,
                "First remove jobs that an earlier bench left behind.");
  app->add_flag("--json", value->json,
                "Print one JSON document. Default: a table for people.");
  app->add_option("--database", value->database,
                  "The database, such as sqlite:bench.db, with default "
                  "settings. Default: that of the config file, with its "
                  "settings.")
      ->option_text("URL");
  add_common(*app, *value,
             "  callboard bench -c callboard.json\n"
             "  callboard bench drain --jobs 100000 --concurrency 16\n"
             "  callboard bench idle steady --database "
             "postgresql://localhost/shop");
}

} // namespace callboard::app::syntax
