#include "app/bench/report.hpp"

#include "app/cli/table.hpp"
#include "app/cli/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace callboard::app::bench {

namespace json = boost::json;

namespace {

std::string show(distribution::span span) {
  return show_span(std::chrono::duration_cast<duration>(span));
}

double micros(distribution::span span) {
  return std::chrono::duration<double, std::micro>(span).count();
}

json::value to_json(const distribution& what) {
  if (what.empty())
    return nullptr;
  return json::object{{"count", what.size()},
                      {"p50_us", micros(what.percentile(50))},
                      {"p95_us", micros(what.percentile(95))},
                      {"p99_us", micros(what.percentile(99))},
                      {"max_us", micros(what.max())}};
}

json::object to_json(const measurement& what) {
  const auto& verdict = what.verdict;
  return {
      {"mode", to_string(what.what)}, {"jobs", what.jobs},
      {"seconds", what.took.count()}, {"jobs_per_second", what.per_second()},
      {"call", to_json(what.calls)},  {"pickup", to_json(what.pickups)},
      {"verified", verdict.clean()},  {"lost", verdict.lost},
      {"repeated", verdict.repeated}, {"unstored", verdict.unstored},
      {"foreign", verdict.foreign}};
}

} // namespace

void print_table(const std::vector<measurement>& seen, std::ostream& out,
                 bool colours) {
  table rows{{"MODE", "JOBS", "TIME", "JOBS/S", "LATENCY OF", "P50", "P95",
              "P99", "MAX"}};
  for (std::size_t column : {1, 2, 3, 5, 6, 7, 8})
    rows.right(column);
  for (const auto& each : seen) {
    const auto& times = each.calls.empty() ? each.pickups : each.calls;
    auto of = !each.calls.empty() ? "call" : !times.empty() ? "pickup" : "-";
    auto at = [&](double percent) {
      return times.empty() ? "-" : show(times.percentile(percent));
    };
    rows.add({to_string(each.what),
              show_number(static_cast<std::int64_t>(each.jobs)),
              show_span(std::chrono::duration_cast<duration>(each.took)),
              each.what == mode::idle
                  ? "-"
                  : show_number(std::llround(each.per_second())),
              of, at(50), at(95), at(99), at(100)});
  }
  rows.print(out, colours);
  out << '\n';
  audit sum;
  for (const auto& each : seen) {
    sum.jobs += each.verdict.jobs;
    sum.lost += each.verdict.lost;
    sum.repeated += each.verdict.repeated;
    sum.unstored += each.verdict.unstored;
    sum.foreign += each.verdict.foreign;
  }
  out << (sum.clean() ? "verified: " : "WRONG: ") << sum.text() << '\n';
}

json::object to_json(const std::vector<measurement>& seen, bool verified,
                     const options& how, const std::string& database) {
  json::array runs;
  for (const auto& each : seen)
    runs.push_back(to_json(each));
  return {{"database", database},
          {"concurrency", how.concurrency},
          {"producers", how.producers},
          {"bulk", how.bulk},
          {"size", how.size},
          {"queues", how.queues},
          {"processes", how.processes},
          {"work_seconds", std::chrono::duration<double>(how.work).count()},
          {"rate", how.rate},
          {"verified", verified},
          {"runs", std::move(runs)}};
}

bool all_clean(const std::vector<measurement>& seen) {
  return std::all_of(seen.begin(), seen.end(), [](const measurement& each) {
    return each.verdict.clean();
  });
}

} // namespace callboard::app::bench
