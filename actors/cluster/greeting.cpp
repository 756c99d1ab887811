#include "actors/cluster/greeting.hpp"

#include "actors/cluster/wire/vocabulary.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace callboard::actors {

namespace {

std::string range(const wire::hello_v1& x) {
  auto versions = std::to_string(x.lowest);
  if (x.highest != x.lowest)
    versions += " to " + std::to_string(x.highest);
  return versions;
}

} // namespace

wire::hello_v1 make_hello(wire::peer_kind kind, std::string name,
                          std::string incarnation) {
  auto versions = wire::own_versions();
  wire::hello_v1 x;
  x.lowest = versions.lowest;
  x.highest = versions.highest;
  x.kind = static_cast<std::uint8_t>(kind);
  x.program = "callboard " CALLBOARD_VERSION;
  x.name = std::move(name);
  x.incarnation = std::move(incarnation);
  return x;
}

std::string new_incarnation() {
  std::random_device entropy;
  std::string text;
  for (int i = 0; i < 4; ++i)
    text += std::to_string(entropy()) + (i < 3 ? "-" : "");
  return text;
}

result<std::uint16_t> common_version(const wire::hello_v1& ours,
                                     const wire::hello_v1& theirs) {
  auto version = std::min(ours.highest, theirs.highest);
  if (version >= std::max(ours.lowest, theirs.lowest)
      && theirs.lowest <= theirs.highest)
    return version;
  return error{errc::unsupported,
               "no common version: " + ours.program + " speaks " + range(ours)
                   + ", " + theirs.program + " speaks " + range(theirs)
                   + "; upgrade the older one"};
}

result<void> may_take_part(const wire::hello_v1& theirs,
                           const peer_roles& roles) {
  auto no = [](const std::string& what, const std::string& role) {
    return error{errc::permission_denied,
                 "its certificate does not allow it to take part as a " + what
                     + "; add \"" + role + "\" to its rule in `allow`"};
  };
  switch (static_cast<wire::peer_kind>(theirs.kind)) {
  case wire::peer_kind::node:
    return roles.node ? result<void>{} : no("full node", "node");
  case wire::peer_kind::performer:
    return roles.perform ? result<void>{} : no("performer", "perform");
  case wire::peer_kind::client:
    return roles.enqueue ? result<void>{} : no("client", "enqueue");
  }
  return error{errc::unsupported, "a peer of an unknown kind ("
                                      + std::to_string(theirs.kind) + ")"};
}

std::set<std::string> vocabulary_of(const peer_roles& roles) {
  using wire::peer_kind;
  std::set<std::string> all;
  auto add = [&](bool may, peer_kind kind) {
    if (may)
      all.merge(wire::spoken_by(kind));
  };
  add(roles.node, peer_kind::node);
  add(roles.perform, peer_kind::performer);
  add(roles.enqueue, peer_kind::client);
  return all;
}

} // namespace callboard::actors
