#include "tests/chaos/performer.hpp"

#include "tests/chaos/config_parts.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace callboard::chaos {

namespace json = boost::json;

performer::performer(const settings& rules,
                     const tests::authority& certificates, int number,
                     const std::vector<std::unique_ptr<node>>& nodes)
    : member{rules,
             {.name = "performer-" + std::to_string(number),
              .sign = "p" + std::to_string(number),
              .command = "perform",
              .ready_line = "performs for a node",
              .first = {.performer = number}}},
      number_{number}, files_{certificates.issue(name() + ".workers.example")} {
  for (const auto& each : nodes)
    links_.push_back(std::make_unique<test::tcp_proxy>(each->cluster_port()));
  configure(performer_slots);
}

void performer::configure(int slots) {
  auto types = plugin_types(rules().plugin);
  types["program"] = json::object{{"exec", json::array{rules().job}}};
  // The others don't know it: its jobs wait while this one is away.
  if (number_ == 1)
    types["special"] = types["plain"];
  json::array nodes;
  for (const auto& each : links_)
    nodes.push_back(json::string{loopback(each->port())});
  write_config(json::serialize(json::object{
      {"queues", json::array{queue_config("remote", slots, std::move(types))}},
      {"node",
       {{"name", name()},
        {"join", std::move(nodes)},
        {"silence", span_text(rules().silence)},
        {"tls", tls_config(files_)}}},
      {"log", {{"level", "info"}, {"format", "json"}}},
      {"shutdown_grace", "10s"},
  }));
}

} // namespace callboard::chaos
