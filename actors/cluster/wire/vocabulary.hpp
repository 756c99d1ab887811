#pragma once

#include "actors/cluster/wire/hello.hpp"

#include <caf/fwd.hpp>

#include <set>
#include <string>

/// The words of the conversation, and its versions. Actors use the newest
/// words; a link turns them into those of the version that its two ends have in
/// common, and back. All of it stands in vocabulary.cpp, so that a test can
/// link a program that speaks another version.
namespace callboard::wire {

/// Versions of the conversation, both included.
struct version_range {
  std::uint16_t lowest = 0;
  std::uint16_t highest = 0;
};

/// Those that this program speaks. Two ends take the highest that both know.
version_range own_versions();

/// The message types, of all own versions, that an end may send which takes
/// part as `kind`; the guard lets nothing else through. List every type of
/// yours here.
std::set<std::string> spoken_by(peer_kind kind);

/// The message types, of all own versions, that a full node sends to a peer
/// that dialled it as `kind`.
std::set<std::string> spoken_to(peer_kind kind);

/// Makes these types known to an actor system.
void register_words(caf::actor_system_config& cfg);

/// What `own`, a message of an actor of this program, is in `version`. An empty
/// message: that version has no word for it, and it must not be said; whoever
/// has something new to say asks `peer_facts::version` first.
caf::message say(std::uint16_t version, caf::message own);

/// What `theirs`, a message of a peer that speaks `version`, is in the words of
/// this program. An empty message: that version has no such word.
caf::message hear(std::uint16_t version, caf::message theirs);

} // namespace callboard::wire
