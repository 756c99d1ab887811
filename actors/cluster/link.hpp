#pragma once

#include "actors/cluster/wire/hello.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/message.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// A link is one connection to one peer, seen from an actor: authenticated,
/// greeted, of a version that both ends know. It is an actor of its own; its
/// *owner* is whoever does the talking. A link tells its owner first
/// `link_up`, then any number of `link_said`, and last `link_down`; nothing
/// after that. Messages of one link come in the order in which they were sent,
/// none is lost while the link is up, and what was under way when it went down
/// may have arrived or not.
///
/// Nobody sends requests over a link: all messages are one-way, and who wants
/// an answer numbers its calls.
namespace callboard::actors {

/// Names a link of this process; never given twice.
using link_id = std::uint64_t;

/// Who is at the other end.
struct peer_facts {
  wire::hello_v1 hello;
  /// The version of the conversation with it: the highest that both know.
  std::uint16_t version = 0;
  /// "10.0.0.7:41234".
  std::string address;
  /// The names in its certificate; empty without TLS.
  std::vector<std::string> names;
};

/// From the owner: send one wire struct to the peer, in the words of the
/// version that both know.
struct link_tell {
  caf::message what;
};

/// From the owner: end the link, and tell the peer why.
struct link_hang_up {
  std::string why;
};

using link_actor
    = caf::typed_actor<caf::reacts_to<link_tell>, caf::reacts_to<link_hang_up>>;

/// To the owner: talk. Let go of the handle at `link_down`.
struct link_up {
  link_id id = 0;
  peer_facts peer;
  link_actor link;
};

/// To the owner: the peer sent this, in the newest words of this program. While
/// copies of `receipt` live, what was said counts as unread; with too much
/// unread the link stops reading from the network, so that a fast peer fills no
/// memory.
struct link_said {
  link_id id = 0;
  caf::message what;
  std::shared_ptr<void> receipt;
};

/// To the owner: closed, silent for too long, or refused; why, for a person.
struct link_down {
  link_id id = 0;
  std::string why;
  /// The peer said that it goes: all that it said before is here.
  bool announced = false;
};

using link_owner_actor
    = caf::typed_actor<caf::reacts_to<link_up>, caf::reacts_to<link_said>,
                       caf::reacts_to<link_down>>;

/// What was said, if it is a `T`; else null.
template <class T>
const T* said(const link_said& x) {
  return x.what.match_elements<T>() ? &x.what.get_as<T>(0) : nullptr;
}

} // namespace callboard::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::link_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::link_hang_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::link_said)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::link_tell)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::link_up)
