#include "tests/actors/cluster/two_versions.hpp"

#include "actors/cluster/wire/first_words.hpp"
#include "actors/cluster/wire/type_ids.hpp"
#include "actors/cluster/wire/vocabulary.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/message.hpp>

namespace callboard::wire {

namespace {

bool in_version(std::uint16_t version, const caf::message& x) {
  return version >= 2 || !x.match_elements<news_v2>();
}

std::set<std::string> with_news(std::set<std::string> words, peer_kind kind) {
  if (kind == peer_kind::node)
    words.insert(caf::type_name<news_v2>::value);
  return words;
}

} // namespace

std::atomic<bool> careless = false;

version_range own_versions() {
  return {1, 2};
}

std::set<std::string> spoken_by(peer_kind kind) {
  return with_news(first_words::spoken_by(kind), kind);
}

std::set<std::string> spoken_to(peer_kind kind) {
  return with_news(first_words::spoken_to(kind), kind);
}

void register_words(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::callboard_wire>();
  cfg.add_message_types<caf::id_block::two_versions>();
}

caf::message say(std::uint16_t version, caf::message own) {
  return in_version(version, own) || careless ? own : caf::message{};
}

caf::message hear(std::uint16_t version, caf::message theirs) {
  return in_version(version, theirs) ? theirs : caf::message{};
}

} // namespace callboard::wire
