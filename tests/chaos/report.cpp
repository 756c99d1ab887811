#include "tests/chaos/report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <sstream>

namespace callboard::chaos {

namespace {

namespace json = boost::json;

/// So many of each kind are printed.
constexpr std::size_t shown = 10;

std::string seconds(micros span) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << static_cast<double>(span) / 1e6
       << " s";
  return text.str();
}

std::string listed(const std::map<std::string, std::size_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts)
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
  return text.empty() ? "none" : text;
}

std::map<std::string, std::size_t>
by_name(const std::map<fault_kind, std::size_t>& counts) {
  std::map<std::string, std::size_t> named;
  for (const auto& [kind, count] : counts)
    named[std::string{to_string(kind)}] = count;
  return named;
}

std::size_t injected(const figures& sum) {
  std::size_t total = 0;
  for (const auto& [kind, count] : sum.faults)
    total += kind > last_scheduled ? 0 : count;
  return total;
}

std::size_t lost(const findings& found) {
  return static_cast<std::size_t>(
      std::count_if(found.begin(), found.end(), [](const finding& x) {
        return x.rule == "lost" || x.rule == "left over";
      }));
}

std::map<std::string, std::size_t> by_rule(const findings& found) {
  std::map<std::string, std::size_t> counts;
  for (const auto& each : found)
    ++counts[each.rule];
  return counts;
}

void print_row(std::ostream& out, const std::string& name,
               const std::vector<micros>& sorted) {
  if (sorted.empty())
    return;
  out << "  " << std::left << std::setw(36) << name << std::right
      << std::setw(5) << sorted.size();
  for (auto share : {0.5, 0.99, 1.0})
    out << std::setw(10) << seconds(percentile(sorted, share));
  out << '\n';
}

void print_recoveries(std::ostream& out, const figures& sum) {
  out << "recovery                                 n       p50       p99       "
         "max\n";
  for (const auto& [kind, one] : sum.recoveries) {
    auto name = std::string{to_string(kind)};
    print_row(out, name, one.undisturbed);
    if (one.each_job.size() > one.undisturbed.size())
      print_row(out, name + ", each job", one.each_job);
    print_row(out, name + ", at performers", one.at_performers);
    if (one.all.size() > one.undisturbed.size())
      print_row(out, name + ", amid other faults", one.all);
  }
}

json::object to_json(const std::map<std::string, std::size_t>& counts) {
  json::object object;
  for (const auto& [name, count] : counts)
    object[name] = count;
  return object;
}

json::object to_json(const std::map<fault_kind, recovery>& recoveries) {
  json::object object;
  for (const auto& [kind, one] : recoveries) {
    const auto& clean = one.undisturbed;
    object[to_string(kind)] = json::object{
        {"undisturbed", clean.size()},
        {"p50_us", percentile(clean, 0.5)},
        {"p99_us", percentile(clean, 0.99)},
        {"max_us", percentile(clean, 1)},
        {"jobs", one.each_job.size()},
        {"jobs_p50_us", percentile(one.each_job, 0.5)},
        {"jobs_p99_us", percentile(one.each_job, 0.99)},
        {"jobs_max_us", percentile(one.each_job, 1)},
        {"at_performers", one.at_performers.size()},
        {"at_performers_p50_us", percentile(one.at_performers, 0.5)},
        {"at_performers_p99_us", percentile(one.at_performers, 0.99)},
        {"at_performers_max_us", percentile(one.at_performers, 1)},
        {"all", one.all.size()},
        {"max_of_all_us", percentile(one.all, 1)},
    };
  }
  return object;
}

} // namespace

void print_text(std::ostream& out, const run_facts& run, const figures& sum,
                const findings& found) {
  out << "chaos on " << run.database << ": seed " << run.seed << ", "
      << run.nodes << " nodes, " << run.performers << " performers, faults for "
      << seconds(run.faults_took) << ", drained in " << seconds(run.drain_took)
      << '\n'
      << "faults        " << injected(sum) << ": "
      << listed(by_name(sum.faults)) << '\n'
      << "jobs          " << sum.jobs << " stored, " << sum.refused
      << " refused, " << sum.unknown << " of unknown fate; slowest enqueue "
      << seconds(run.slowest_enqueue) << '\n'
      << "performances  " << sum.performances << " (" << sum.leases
      << " leases); " << sum.completed
      << " completed; dead: " << listed(sum.dead) << '\n'
      << "duplicates    " << sum.duplicated << ": " << listed(sum.duplicates)
      << '\n'
      << "              at once with the one before: " << listed(sum.at_once)
      << '\n'
      << "performers    " << sum.at_performers
      << " performances; lost with one: " << listed(sum.lost_with_performers)
      << '\n'
      << "fenced        " << sum.fenced << " late outcomes, "
      << sum.answers_lost << " of them stored before, their answer lost\n"
      << "leases lost   " << listed(sum.taken) << '\n'
      << "              begun: " << sum.begun_kept << " kept the attempt, "
      << sum.begun_refunded << " got it back; not begun: " << sum.unbegun_kept
      << " kept it, " << sum.unbegun_refunded << " got it back\n";
  print_recoveries(out, sum);
  out << "lost: " << lost(found) << ", violations: " << found.size() << '\n';
  std::map<std::string, std::size_t> told;
  for (const auto& each : found)
    if (++told[each.rule] <= shown)
      out << "  " << each.rule << ": " << each.what << '\n';
  for (const auto& [rule, count] : told)
    if (count > shown)
      out << "  " << rule << ": " << count - shown << " more\n";
}

void print_json(std::ostream& out, const run_facts& run, const figures& sum,
                const findings& found) {
  json::array all;
  for (const auto& each : found)
    all.push_back(json::object{{"rule", each.rule}, {"what", each.what}});
  json::object document{
      {"database", run.database},
      {"seed", run.seed},
      {"nodes", run.nodes},
      {"performers", run.performers},
      {"faults_took_us", run.faults_took},
      {"drain_took_us", run.drain_took},
      {"silence_limit_us", run.silence_limit},
      {"silence_us", run.silence},
      {"slowest_enqueue_us", run.slowest_enqueue},
      {"faults", injected(sum)},
      {"faults_by_kind", to_json(by_name(sum.faults))},
      {"jobs", sum.jobs},
      {"refused", sum.refused},
      {"unknown", sum.unknown},
      {"leases", sum.leases},
      {"performances", sum.performances},
      {"completed", sum.completed},
      {"dead", to_json(sum.dead)},
      {"duplicates", sum.duplicated},
      {"duplicates_by_cause", to_json(sum.duplicates)},
      {"at_once_by_cause", to_json(sum.at_once)},
      {"performances_at_performers", sum.at_performers},
      {"lost_with_performers_by_cause", to_json(sum.lost_with_performers)},
      {"fenced", sum.fenced},
      {"answers_lost", sum.answers_lost},
      {"leases_lost_by_cause", to_json(sum.taken)},
      {"recovery", to_json(sum.recoveries)},
      {"lost", lost(found)},
      {"violations", found.size()},
      {"violations_by_rule", to_json(by_rule(found))},
      {"findings", std::move(all)},
  };
  out << json::serialize(document) << '\n';
}

} // namespace callboard::chaos
