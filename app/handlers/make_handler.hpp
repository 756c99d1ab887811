#pragma once

#include "actors/pipeline/handler.hpp"
#include "app/handlers/handler_environment.hpp"
#include "config/settings.hpp"
#include "store/model/error.hpp"

namespace callboard::app {

/// The handler that the settings describe. What can be known before the first
/// job is checked here, and is `invalid_config` with the path and the remedy: a
/// program that is missing or may not be executed, a URL that makes no sense, a
/// plugin that does not load, has the wrong ABI version or does not know the
/// type.
[[nodiscard]] result<handler> make_handler(const config::handler_settings& from,
                                           const handler_environment& where);

} // namespace callboard::app
