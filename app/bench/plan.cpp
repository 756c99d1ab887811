#include "app/bench/plan.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>

namespace callboard::app::bench {

namespace json = boost::json;

namespace {

template <class Read>
auto guarded(Read read) -> result<decltype(read())> {
  try {
    return read();
  } catch (const std::exception& what) {
    return error{errc::internal,
                 std::string{"bench: not a line of this program: "}
                     + what.what()};
  }
}

} // namespace

const char* to_string(mode what) noexcept {
  switch (what) {
  case mode::enqueue:
    return "enqueue";
  case mode::bulk:
    return "bulk";
  case mode::drain:
    return "drain";
  case mode::flow:
    return "flow";
  case mode::idle:
    return "idle";
  case mode::steady:
    return "steady";
  }
  return "?";
}

const std::vector<mode>& all_modes() {
  static const std::vector<mode> modes{mode::enqueue, mode::bulk, mode::drain,
                                       mode::flow,    mode::idle, mode::steady};
  return modes;
}

std::string to_line(const part_plan& what) {
  return json::serialize(json::object{{"config", what.config},
                                      {"database", what.database},
                                      {"queues", json::value_from(what.queues)},
                                      {"concurrency", what.concurrency},
                                      {"size", what.size},
                                      {"work", what.work.count()},
                                      {"ledger", what.ledger},
                                      {"number", what.number}});
}

result<part_plan> plan_of(std::string_view line) {
  return guarded([&] {
    auto parsed = json::parse({line.data(), line.size()});
    const auto& from = parsed.as_object();
    part_plan plan;
    plan.config = json::value_to<std::string>(from.at("config"));
    plan.database = json::value_to<std::string>(from.at("database"));
    plan.queues = json::value_to<std::vector<std::string>>(from.at("queues"));
    plan.concurrency = from.at("concurrency").to_number<int>();
    plan.size = from.at("size").to_number<std::size_t>();
    plan.work = duration{from.at("work").to_number<std::int64_t>()};
    plan.ledger = json::value_to<std::string>(from.at("ledger"));
    plan.number = from.at("number").to_number<std::size_t>();
    return plan;
  });
}

std::string to_line(const preparation& what) {
  return json::serialize(
      json::object{{"performs", what.performs}, {"producers", what.producers}});
}

std::optional<preparation> preparation_of(std::string_view line) {
  auto read = guarded([&] {
    auto parsed = json::parse({line.data(), line.size()});
    const auto& from = parsed.as_object();
    return preparation{.performs = from.at("performs").as_bool(),
                       .producers = from.at("producers").to_number<int>()};
  });
  return read ? std::optional{*read} : std::nullopt;
}

std::string to_line(const production& what) {
  return json::serialize(json::object{{"first", what.first},
                                      {"last", what.last},
                                      {"producers", what.producers},
                                      {"bulk", what.bulk},
                                      {"rate", what.rate},
                                      {"one_by_one", what.one_by_one}});
}

result<production> production_of(std::string_view line) {
  return guarded([&] {
    auto parsed = json::parse({line.data(), line.size()});
    const auto& from = parsed.as_object();
    return production{
        .first = from.at("first").to_number<std::size_t>(),
        .last = from.at("last").to_number<std::size_t>(),
        .producers = from.at("producers").to_number<int>(),
        .bulk = from.at("bulk").to_number<std::size_t>(),
        .rate = from.at("rate").to_number<std::size_t>(),
        .one_by_one = from.at("one_by_one").as_bool(),
    };
  });
}

} // namespace callboard::app::bench
