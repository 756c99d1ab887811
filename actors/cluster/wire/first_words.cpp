#include "actors/cluster/wire/first_words.hpp"

#include "actors/cluster/wire/type_ids.hpp"

namespace callboard::wire::first_words {

namespace {

template <class... Ts>
std::set<std::string> names() {
  return {name_of<hello_v1>(), name_of<refused_v1>(), name_of<Ts>()...};
}

} // namespace

std::set<std::string> spoken_by(peer_kind kind) {
  switch (kind) {
  case peer_kind::node:
    return names<wake_v1, cancel_hint_v1, heard_v1>();
  case peer_kind::performer:
    return names<offer_v1, answer_v1, busy_v1>();
  case peer_kind::client:
    return names<enqueue_v1, cancel_v1, status_v1>();
  }
  return {};
}

std::set<std::string> spoken_to(peer_kind kind) {
  switch (kind) {
  case peer_kind::node:
    return names<wake_v1, cancel_hint_v1, heard_v1>();
  case peer_kind::performer:
    return names<perform_v1, stop_v1>();
  case peer_kind::client:
    return names<enqueued_v1, cancelled_v1, status_answer_v1>();
  }
  return {};
}

} // namespace callboard::wire::first_words
