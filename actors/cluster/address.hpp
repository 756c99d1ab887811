#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::actors {

/// Host and port, for both ways.
struct node_address {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const node_address&, const node_address&) = default;
};

/// "host:port", with brackets around an IPv6 address.
std::string to_string(const node_address& x);

/// The way back; nothing when it is none.
std::optional<node_address> parse_address(std::string_view text);

/// Whether only this machine reaches the host: "localhost", 127.x.x.x, ::1.
bool is_loopback(const std::string& host);

/// Whether the host stands for all addresses of the machine, so that nobody
/// can dial it.
bool is_any(const std::string& host);

} // namespace callboard::actors
