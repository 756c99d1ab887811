#pragma once

#include "actors/cluster/wire/hello.hpp"

#include <set>
#include <string>

/// Version 1 of the conversation. It never changes.
namespace callboard::wire::first_words {

/// As `wire::spoken_by` and `wire::spoken_to`.
std::set<std::string> spoken_by(peer_kind kind);
std::set<std::string> spoken_to(peer_kind kind);

} // namespace callboard::wire::first_words
