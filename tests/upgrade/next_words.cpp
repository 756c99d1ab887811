// In place of actors/cluster/wire/vocabulary.cpp: a program that speaks
// versions 1 and 2. Its actors use the words of version 1, which they were
// built with.

#include "tests/upgrade/next_words.hpp"

#include "actors/cluster/wire/first_words.hpp"
#include "actors/cluster/wire/vocabulary.hpp"
#include "tests/upgrade/book_line.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/message.hpp>

#include <atomic>
#include <cstdlib>
#include <utility>

namespace callboard::wire {

namespace {

constexpr std::uint16_t newest = 2;

void note(const std::string& what) {
  test::write_line("words " + test::own_name() + " " + what);
}

/// A word that changed, by its name in each version.
void note(const char* how, const std::string& word, std::uint16_t version) {
  note(how + (" " + word + "_v") + std::to_string(version));
}

template <class T>
const T* get(const caf::message& x) {
  return x.match_elements<T>() ? &x.get_as<T>(0) : nullptr;
}

} // namespace

version_range own_versions() {
  return {1, newest};
}

std::set<std::string> spoken_by(peer_kind kind) {
  auto all = first_words::spoken_by(kind);
  if (kind == peer_kind::node)
    all.insert(name_of<wake_v2>());
  return all;
}

std::set<std::string> spoken_to(peer_kind kind) {
  auto all = first_words::spoken_to(kind);
  if (kind == peer_kind::node)
    all.insert(name_of<wake_v2>());
  if (kind == peer_kind::performer)
    all.insert(name_of<perform_v2>());
  return all;
}

void register_words(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::callboard_wire>();
  cfg.add_message_types<caf::id_block::callboard_next>();
}

caf::message say(std::uint16_t version, caf::message own) {
  static std::atomic<std::uint64_t> told{0};
  if (const auto* wake = get<wake_v1>(own)) {
    note("said", "wake", version);
    if (version == newest)
      return caf::make_message(wake_v2{wake->queues, ++told});
  } else if (const auto* perform = get<perform_v1>(own)) {
    note("said", "perform", version);
    if (version == newest)
      return caf::make_message(
          perform_v2{perform->call, perform->job, test::own_name()});
  }
  return own;
}

caf::message hear(std::uint16_t version, caf::message theirs) {
  const auto* wake = get<wake_v2>(theirs);
  const auto* perform = get<perform_v2>(theirs);
  auto changed = wake || perform;
  auto former = get<wake_v1>(theirs) || get<perform_v1>(theirs);
  // What the peer must not say is no word.
  if (version == newest ? former : changed) {
    note("WRONG WORD", "version", version);
    return {};
  }
  if (get<wake_v1>(theirs))
    note("heard", "wake", 1);
  if (get<perform_v1>(theirs))
    note("heard", "perform", 1);
  if (wake) {
    note(wake->number > 0 ? "heard" : "LOST A FIELD OF", "wake", newest);
    return caf::make_message(wake_v1{wake->queues});
  }
  if (perform) {
    note("heard", "perform", newest);
    note("was asked by " + perform->node);
    return caf::make_message(perform_v1{perform->call, perform->job});
  }
  return theirs;
}

} // namespace callboard::wire
