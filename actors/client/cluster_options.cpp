#include "actors/client/cluster_options.hpp"

#include "actors/cluster/address.hpp"

namespace callboard {

result<void> cluster_options::validate() const {
  auto wrong = [](std::string why) {
    return error{errc::invalid_config, std::move(why)};
  };
  auto at = actors::parse_address(listen);
  if (!at)
    return wrong("listen must be host:port, such as \"127.0.0.1:4910\"");
  if (!advertise.empty()) {
    auto to = actors::parse_address(advertise);
    if (!to || to->port == 0 || actors::is_any(to->host))
      return wrong("advertise must be a host:port that other nodes can dial");
  } else if (actors::is_any(at->host)) {
    return wrong("listen stands for all addresses of this machine; say in "
                 "advertise which host:port other nodes shall dial");
  }
  if (!tls && !actors::is_loopback(at->host) && plaintext != plain_words)
    return wrong("listen on " + at->host
                 + " is reached by other machines and needs tls (or, on a "
                   "network where you trust everybody, plaintext: \""
                 + std::string{plain_words} + "\")");
  if (!tls && !allow.empty())
    return wrong("allow goes by the names in certificates and needs tls");
  for (const auto& rule : allow)
    if (rule.name.empty() || !rule.may.any())
      return wrong("a rule of allow needs a name and something that it may do");
  if (silence < std::chrono::milliseconds{100})
    return wrong("silence must be at least 100ms");
  return {};
}

} // namespace callboard
