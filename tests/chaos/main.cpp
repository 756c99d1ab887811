// The chaos test: real daemons on a real database, under random faults. See
// tests/chaos.sh, which starts it.

#include "tests/chaos/run.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <random>
#include <stdexcept>

namespace {

using namespace callboard::chaos;

void read_command_line(CLI::App& app, settings& rules) {
  app.add_option("--program", rules.program)->required();
  app.add_option("--plugin", rules.plugin)->required();
  app.add_option("--job", rules.job)->required();
  app.add_option("--folder", rules.folder)->required();
  app.add_option("--database", rules.database)->required();
  app.add_option("--postgres-script", rules.postgres_script);
  app.add_option("--server-folder", rules.server_folder);
  app.add_option("--seed", rules.seed);
  app.add_option("--nodes", rules.nodes)->check(CLI::Range(2, 20));
  app.add_option("--performers", rules.performers)->check(CLI::Range(1, 20));
  app.add_option("--faults", rules.faults)->check(CLI::Range(1, 100000));
  app.add_option_function<double>("--minutes", [&](double minutes) {
    rules.time = static_cast<micros>(minutes * 60e6);
  });
  app.add_option("--rate", rules.rate)->check(CLI::Range(1, 10000));
  app.add_option_function<std::vector<std::string>>(
         "--kinds",
         [&](const std::vector<std::string>& names) {
           for (const auto& each : names) {
             auto kind = parse_fault_kind(each);
             if (!kind || *kind > last_scheduled)
               throw CLI::ValidationError{"--kinds",
                                          "no fault is called " + each};
             rules.kinds.push_back(*kind);
           }
         })
      ->delimiter(',');
  app.add_flag("--json", rules.json);
}

/// Kinds that need what only PostgreSQL's runs have.
void check_kinds(const settings& rules) {
  auto all = rules.on_postgres() ? postgres_faults() : sqlite_faults();
  for (auto each : rules.kinds)
    if (std::ranges::find(all, each) == all.end())
      throw std::invalid_argument{"no fault of SQLite: "
                                  + std::string{to_string(each)}};
}

int test(settings rules) {
  check_kinds(rules);
  // The nodes of an SQLite file serve performers, too, but this test's links
  // between processes are for those of PostgreSQL.
  if (!rules.on_postgres())
    rules.performers = 0;
  run all{rules, std::cerr};
  all.perform();
  story told{all.facts()};
  auto found = all.seen();
  auto broken = check(told);
  found.insert(found.end(), broken.begin(), broken.end());
  auto sum = count(told);
  if (rules.json)
    print_json(std::cout, all.about(), sum, found);
  else
    print_text(std::cout, all.about(), sum, found);
  return found.empty() ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
  settings rules;
  rules.seed = std::random_device{}();
  CLI::App app{"Real daemons under random faults"};
  read_command_line(app, rules);
  CLI11_PARSE(app, count, arguments);
  std::cerr << "seed " << rules.seed << std::endl;
  try {
    return test(rules);
  } catch (const std::exception& x) {
    std::cerr << "chaos: " << x.what() << '\n';
    return 2;
  }
}
