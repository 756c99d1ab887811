#include "actors/cluster/address.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>

namespace callboard::actors {

namespace {

std::optional<boost::asio::ip::address> as_ip(const std::string& host) {
  boost::system::error_code failure;
  auto ip = boost::asio::ip::make_address(host, failure);
  return failure ? std::nullopt : std::optional{ip};
}

} // namespace

std::string to_string(const node_address& x) {
  auto six = x.host.find(':') != std::string::npos;
  return (six ? "[" + x.host + "]" : x.host) + ":" + std::to_string(x.port);
}

std::optional<node_address> parse_address(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return std::nullopt;
  auto host = text.substr(0, colon);
  auto digits = text.substr(colon + 1);
  node_address x;
  auto [end, failure]
      = std::from_chars(digits.data(), digits.data() + digits.size(), x.port);
  if (failure != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  auto brackets = host.front() == '[' && host.back() == ']';
  if (brackets)
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt;
  if (host.empty())
    return std::nullopt;
  x.host = host;
  return x;
}

bool is_loopback(const std::string& host) {
  auto ip = as_ip(host);
  return ip ? ip->is_loopback() : host == "localhost";
}

bool is_any(const std::string& host) {
  auto ip = as_ip(host);
  return ip && ip->is_unspecified();
}

} // namespace callboard::actors
