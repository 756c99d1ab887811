#pragma once

#include "actors/cluster/tls_files.hpp"
#include "tests/chaos/ledger.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>

namespace callboard::chaos {

// What the config files of nodes and performers have in common.

/// The types whose handlers stand in the plugin.
boost::json::object plugin_types(const std::string& plugin);

boost::json::object queue_config(const char* name, int concurrency,
                                 boost::json::object types);

boost::json::object tls_config(const tls_files& files);

std::string span_text(micros time);
std::string loopback(std::uint16_t port);

} // namespace callboard::chaos
