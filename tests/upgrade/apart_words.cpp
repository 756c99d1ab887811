// In place of actors/cluster/wire/vocabulary.cpp: a program that has nothing to
// say any more to those who speak version 1.

#include "actors/cluster/wire/first_words.hpp"
#include "actors/cluster/wire/type_ids.hpp"
#include "actors/cluster/wire/vocabulary.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/message.hpp>

namespace callboard::wire {

version_range own_versions() {
  return {2, 2};
}

std::set<std::string> spoken_by(peer_kind kind) {
  return first_words::spoken_by(kind);
}

std::set<std::string> spoken_to(peer_kind kind) {
  return first_words::spoken_to(kind);
}

void register_words(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::callboard_wire>();
}

caf::message say(std::uint16_t, caf::message own) {
  return own;
}

caf::message hear(std::uint16_t, caf::message theirs) {
  return theirs;
}

} // namespace callboard::wire
