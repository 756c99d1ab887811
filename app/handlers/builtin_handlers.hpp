#pragma once

#include "actors/pipeline/handler.hpp"
#include "config/settings.hpp"

namespace callboard::app {

// Handlers for demos and tests.

/// Does nothing, and completes.
handler make_noop_handler();

/// Sleeps, and completes; a stop wakes it at once, and then it fails.
handler make_sleep_handler(const config::sleep_settings& from);

/// Logs the beginning and the end of the arg (info), and completes.
handler make_echo_handler();

/// Fails by the retry policy, always or at the first attempts.
handler make_fail_handler(const config::fail_settings& from);

} // namespace callboard::app
