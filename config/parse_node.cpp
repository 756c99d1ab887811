#include "actors/cluster/address.hpp"
#include "config/duration.hpp"
#include "config/endpoint.hpp"
#include "config/object_reader.hpp"
#include "config/parse.hpp"

#include <filesystem>
#include <utility>

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

namespace {

tls_files parse_tls(const cursor& at) {
  object_reader from{at, objects::tls};
  tls_files files;
  auto path = [&](const char* key, std::string& to) {
    if (auto text = from.required_text(key))
      to = std::filesystem::path{at.all().base_directory} / text->value;
  };
  path("certificate", files.certificate);
  path("key", files.key);
  path("ca", files.ca);
  return files;
}

void parse_role(const cursor& at, const std::string& role, peer_roles& to) {
  if (role == "enqueue")
    to.enqueue = true;
  else if (role == "perform")
    to.perform = true;
  else if (role == "node")
    to.node = true;
  else if (role == "all")
    to = peer_roles::all();
  else
    at.report(R"(a peer may "enqueue", "perform", be a "node", or "all")");
}

allow_rule parse_rule(const cursor& at) {
  object_reader from{at, objects::allow};
  allow_rule rule;
  if (auto name = from.required_text("name"))
    rule.name = name->value;
  std::vector<std::string> roles;
  if (from.require("may"))
    from.read("may", roles);
  for (const auto& role : roles)
    parse_role(*from.find("may"), role, rule.may);
  return rule;
}

std::vector<allow_rule> parse_rules(const cursor& at) {
  std::vector<allow_rule> rules;
  auto list = at.value().as<json_value::list>();
  if (list == nullptr)
    at.report_kind(*objects::node.find("allow"));
  else
    for (std::size_t i = 0; i < list->size(); ++i)
      rules.push_back(parse_rule(at.child(i, (*list)[i])));
  return rules;
}

bool names_nodes(const object_reader& from) {
  auto at = from.find("join");
  return at && at->value().as<json_value::list>() != nullptr;
}

/// A performer dials, and nobody dials it.
void parse_join(const object_reader& from, const cluster_options& read,
                std::vector<std::string> nodes, settings& to) {
  auto& join = to.join ? *to.join : to.join.emplace();
  join.tls = read.tls;
  join.silence = read.silence;
  join.nodes = std::move(nodes);
  for (auto key : {"listen", "advertise", "allow", "plaintext"})
    if (auto at = from.find(key))
      at->report(
          "is for full nodes; a performer, which has join, is dialled by "
          "nobody");
  for (const auto& node : join.nodes)
    if (auto at = actors::parse_address(node); !at || at->port == 0)
      from.find("join")->report(
          R"(each must be host:port, such as "shop-1.example:4910")");
}

/// Without `listen` the rest is read, and has no effect.
void parse_cluster(const object_reader& from, settings& to) {
  cluster_options options;
  auto problems = from.at().all().problems.size();
  from.read("listen", options.listen);
  from.read("advertise", options.advertise);
  if (auto at = from.find("tls"))
    options.tls = parse_tls(*at);
  if (auto at = from.find("allow"))
    options.allow = parse_rules(*at);
  std::vector<std::string> join;
  from.read("join", join);
  from.read("silence", options.silence);
  from.read("plaintext", options.plaintext);
  if (to.join || names_nodes(from))
    return parse_join(from, options, std::move(join), to);
  if (!from.has("listen") || from.at().all().problems.size() != problems)
    return;
  if (auto good = options.validate(); !good)
    from.find("listen")->report(good.error().message);
  else
    to.node.cluster = std::move(options);
}

} // namespace

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
  parse_cluster(from, to);
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
