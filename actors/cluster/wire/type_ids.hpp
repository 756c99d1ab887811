#pragma once

#include "actors/cluster/wire/client.hpp"
#include "actors/cluster/wire/hello.hpp"
#include "actors/cluster/wire/hints.hpp"
#include "actors/cluster/wire/performer.hpp"

#include <caf/type_id.hpp>

/// Everything that crosses processes. The names are the protocol: what is
/// listed here is never renamed, reordered or changed; the numbers are local.
CAF_BEGIN_TYPE_ID_BLOCK(callboard_wire, caf::first_custom_type_id + 1000)

  // -- both ends of every link
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::hello_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::refused_v1))

  // -- between full nodes
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::wake_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::cancel_hint_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::heard_v1))

  // -- a remote client and a gateway
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::enqueue_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::enqueued_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::cancel_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::cancelled_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::status_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::status_answer_v1))

  // -- a performer and a full node
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::offer_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::perform_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::answer_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::busy_v1))
  CAF_ADD_TYPE_ID(callboard_wire, (callboard::wire::stop_v1))

CAF_END_TYPE_ID_BLOCK(callboard_wire)

namespace callboard::wire {

/// The name under which `T` crosses the wire.
template <class T>
std::string name_of() {
  return caf::type_name<T>::value;
}

} // namespace callboard::wire
