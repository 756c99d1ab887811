#include "actors/metrics/counters.hpp"
#include "actors/metrics/prometheus.hpp"

#include <catch2/catch.hpp>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

using namespace callboard;

// Holds docs/events.md against the code, both ways.

namespace {

using names = std::set<std::string>;

std::string read(const std::string& path) {
  std::ifstream file{CALLBOARD_ROOT "/" + path};
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// The first group of every match.
names matches(const std::string& text, const std::string& pattern) {
  std::regex expression{pattern};
  names found;
  for (std::sregex_iterator i{text.begin(), text.end(), expression}, end;
       i != end; ++i)
    found.insert((*i)[1]);
  return found;
}

// The text between a heading and the next one.
std::string section(const std::string& heading) {
  auto text = read("docs/events.md");
  auto begin = text.find("\n## " + heading + "\n");
  REQUIRE(begin != std::string::npos);
  return text.substr(begin, text.find("\n## ", begin + 1) - begin);
}

names exported(std::optional<prometheus::MetricType> type = std::nullopt) {
  names found;
  auto collectable = make_collectable(std::make_shared<counters>());
  for (const auto& family : collectable->Collect())
    if (!type || family.type == *type)
      found.insert(family.name);
  return found;
}

} // namespace

TEST_CASE("each function of the observer has its row, and no other stands "
          "there") {
  auto functions = matches(read("actors/pipeline/observer.hpp"),
                           R"(virtual void (\w+)\()");
  CHECK(functions.size() == 10);
  CHECK(matches(section("Observers"), R"(\n\| `(\w+)` \|)") == functions);
}

TEST_CASE("each exported metric has its row, and no other stands there") {
  CHECK(exported().size() == 20);
  CHECK(matches(section("Metrics"), R"(\n\| `(callboard_\w+)` \|)")
        == exported());
}

TEST_CASE("the table of metrics tells their kinds") {
  auto text = section("Metrics");
  auto rows = [&](const std::string& kind) {
    return matches(text, R"(\n\| `(callboard_\w+)` \| )" + kind + R"( \|)");
  };
  using prometheus::MetricType;
  CHECK(rows("counter") == exported(MetricType::Counter));
  CHECK(rows("gauge") == exported(MetricType::Gauge));
  CHECK(rows("histogram") == exported(MetricType::Histogram));
}

TEST_CASE("the events name only metrics that are exported") {
  auto named = matches(section("Observers"), R"(`(callboard_\w+)`)");
  CHECK_FALSE(named.empty());
  for (const auto& metric : named)
    CHECK(exported().count(metric) == 1);
}

TEST_CASE("counters end in _total and nothing else does") {
  for (const auto& metric : exported())
    CHECK((exported(prometheus::MetricType::Counter).count(metric) == 1)
          == metric.ends_with("_total"));
}
