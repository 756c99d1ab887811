#pragma once

#include "actors/pipeline/handler.hpp"
#include "app/handlers/handler_environment.hpp"
#include "config/settings.hpp"
#include "store/model/error.hpp"

namespace callboard::app {

/// The handler that the plugin registered for the type; for the type "*" all
/// of its handlers, chosen by the job's type (jobs of a type that it does not
/// know go to the dead letters). Keeps the library loaded.
[[nodiscard]] result<handler>
make_plugin_handler(const config::plugin_settings& from,
                    const handler_environment& where);

} // namespace callboard::app
