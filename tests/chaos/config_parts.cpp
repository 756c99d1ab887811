#include "tests/chaos/config_parts.hpp"

#include <utility>

namespace callboard::chaos {

namespace json = boost::json;

json::object plugin_types(const std::string& plugin) {
  json::object types;
  for (const auto* type : {"plain", "retry", "policy", "again", "throw", "once",
                           "poison_exit", "poison_abort", "poison_segv"})
    types[type] = {{"plugin", {{"path", plugin}}}};
  return types;
}

json::object queue_config(const char* name, int concurrency,
                          json::object types) {
  return {
      {"name", name},
      {"concurrency", concurrency},
      {"retry", {{"backoff", "fixed"}, {"first", "100ms"}}},
      {"types", std::move(types)},
  };
}

json::object tls_config(const tls_files& files) {
  return {
      {"certificate", files.certificate}, {"key", files.key}, {"ca", files.ca}};
}

std::string span_text(micros time) {
  return std::to_string(time) + "us";
}

std::string loopback(std::uint16_t port) {
  return "127.0.0.1:" + std::to_string(port);
}

} // namespace callboard::chaos
