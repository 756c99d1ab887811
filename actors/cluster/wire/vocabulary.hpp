#pragma once

#include "actors/cluster/wire/hello.hpp"

#include <set>
#include <string>

namespace callboard::wire {

/// The message types that an end may send which takes part as `kind`; the
/// guard lets nothing else through. List every type of yours here.
std::set<std::string> spoken_by(peer_kind kind);

/// The message types that a full node sends to a peer that dialled it as
/// `kind`.
std::set<std::string> spoken_to(peer_kind kind);

} // namespace callboard::wire
