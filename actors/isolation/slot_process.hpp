#pragma once

#include "actors/isolation/serve_isolated.hpp"

#include <sys/types.h>

#include <string_view>

namespace callboard::actors {

/// The role of a process that performs the jobs of one isolated slot, and
/// where it finds its channels.
inline constexpr std::string_view slot_role = "slot";
inline constexpr int job_channel = 3;
inline constexpr int control_channel = 4;

/// What it does: the rest of `main`, until the node closes the job channel.
/// When the node dies, so does it, with its process group.
int serve_slot(pid_t node, const startup_worker_source& make);

} // namespace callboard::actors
