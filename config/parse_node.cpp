#include "config/duration.hpp"
#include "config/endpoint.hpp"
#include "config/object_reader.hpp"
#include "config/parse.hpp"

namespace callboard::config {

void parse_listener(const cursor& at, settings& to) {
  object_reader from{at, objects::listener};
  auto text = from.required_text("listen");
  if (!text)
    return;
  to.http = parse_endpoint(text->value);
  if (!to.http)
    from.find("listen")->report(
        R"(must be host:port, such as "127.0.0.1:8910", not )" + text->shown);
}

void parse_node(const cursor& at, settings& to) {
  object_reader from{at, objects::node};
  auto& node = to.node;
  from.read("name", node.node_name);
  from.read("hung_grace", node.hung_grace);
  from.read("heartbeat", node.heartbeat);
  from.read("reclaim_interval", node.reclaim_interval);
  from.read("silence_limit", node.silence_limit);
  from.read("max_crashes", node.max_crashes);
  from.read("settle_connections", node.settle_connections);
  if (node.silence_limit > node.heartbeat)
    return;
  auto blamed = from.find("silence_limit");
  (blamed ? *blamed : *from.find("heartbeat"))
      .report("silence_limit (" + duration_text(node.silence_limit)
              + ") must be longer than heartbeat ("
              + duration_text(node.heartbeat)
              + "), or living nodes are taken for dead");
}

void parse_log(const cursor& at, settings& to) {
  object_reader from{at, objects::log};
  from.read("level", to.log.level);
  from.read("format", to.log.format);
}

} // namespace callboard::config
