#pragma once

#include "actors/handler/job_call.hpp"
#include "actors/messages.hpp"
#include "actors/poller/chunk.hpp"

#include <caf/type_id.hpp>

/// Everything that CAF must know about our messages. A type that is missing
/// here does not compile (CAF_ENABLE_TYPE_ID_CHECKS).

CAF_BEGIN_TYPE_ID_BLOCK(callboard, caf::first_custom_type_id)

  // -- the life of a session
  CAF_ADD_ATOM(callboard, callboard::actors, connect_atom, "connect")
  CAF_ADD_ATOM(callboard, callboard::actors, leave_atom, "leave")
  CAF_ADD_ATOM(callboard, callboard::actors, count_atom, "count")
  CAF_ADD_ATOM(callboard, callboard::actors, retry_atom, "retry")
  CAF_ADD_ATOM(callboard, callboard::actors, gather_atom, "gather")
  CAF_ADD_ATOM(callboard, callboard::actors, flush_atom, "flush")

  // -- the life of a poller
  CAF_ADD_ATOM(callboard, callboard::actors, alarm_atom, "alarm")
  CAF_ADD_ATOM(callboard, callboard::actors, check_atom, "check")
  CAF_ADD_ATOM(callboard, callboard::actors, drain_atom, "drain")
  CAF_ADD_ATOM(callboard, callboard::actors, serve_atom, "serve")

  // -- the life of the tree
  CAF_ADD_ATOM(callboard, callboard::actors, status_atom, "status")
  CAF_ADD_ATOM(callboard, callboard::actors, deadline_atom, "deadline")
  CAF_ADD_ATOM(callboard, callboard::actors, listen_atom, "listen")
  CAF_ADD_ATOM(callboard, callboard::actors, heartbeat_atom, "heartbeat")
  CAF_ADD_ATOM(callboard, callboard::actors, cancel_atom, "cancel")
  CAF_ADD_ATOM(callboard, callboard::actors, reclaim_atom, "reclaim")
  CAF_ADD_ATOM(callboard, callboard::actors, joined_atom, "joined")

  // -- handler actors; these may cross processes
  CAF_ADD_ATOM(callboard, callboard, perform_atom, "perform")
  CAF_ADD_TYPE_ID(callboard, (callboard::job_answer))
  CAF_ADD_TYPE_ID(callboard, (callboard::job_call))
  CAF_ADD_TYPE_ID(callboard, (callboard::job_stop))

CAF_END_TYPE_ID_BLOCK(callboard)

// These never leave the process: they carry functions, shared lists, errors.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::adoption)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::call_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::chunk_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::close_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::count_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::credits_back)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::event_batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::grant)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::handover)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::heartbeat_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::heartbeat_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::held_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::held_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::hush)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::hushed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::lease_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::lease_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::lease_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::lease_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::leases_cancelled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::leases_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::performed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::reclaim_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::reclaim_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::release_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::release_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::session_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::session_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::settle_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::settle_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::settle_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::slot_hung)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::slot_limit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::slots_offered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::start_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::start_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::start_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::start_wish)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::suspect_alone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::suspect_found)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::suspect_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::upgrade_call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::actors::wake_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(callboard::drain_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::vector<callboard::queue_status>)
