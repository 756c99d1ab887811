#pragma once

#include "config/cursor.hpp"
#include "config/settings.hpp"

namespace callboard::config {

/// Each fills its part of the settings and reports what is wrong.
void parse_database(const cursor& at, settings& to);
void parse_listener(const cursor& at, settings& to);
void parse_node(const cursor& at, settings& to);
void parse_log(const cursor& at, settings& to);
void parse_queues(const cursor& at, settings& to);

/// What stands in the file replaces what `to` holds.
void parse_retry(const cursor& at, retry_policy& to);

void parse_isolation(const cursor& at, std::optional<process_isolation>& to);

/// Reads the handler called `name`.
handler_settings parse_handler(std::string_view name, const cursor& at);

} // namespace callboard::config
