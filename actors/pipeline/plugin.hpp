#pragma once

#include "actors/pipeline/handler.hpp"

#include <string>

/// What a plugin (a shared library of C++ handlers) and the program agree on.
/// A plugin exports two C symbols, which CALLBOARD_PLUGIN defines:
///
///     CALLBOARD_PLUGIN(handlers) {
///       handlers.on("welcome", [](const callboard::job&,
///                                 callboard::context&) {
///         return callboard::complete();
///       });
///     }
///
/// Both sides must be built by the same compiler family against the same
/// Callboard version, since C++ types cross the border: that is what the ABI
/// version stands for.
namespace callboard {

/// Raised when anything that crosses the border changes its layout.
inline constexpr int plugin_abi_version = 2;

/// Where a plugin registers what it can do.
class plugin_handlers {
public:
  virtual ~plugin_handlers() = default;

  /// Jobs of `type` go to `function`. A second call for a type replaces the
  /// first.
  virtual void on(std::string type, handler function) = 0;
};

} // namespace callboard

#define CALLBOARD_PLUGIN(handlers)                                             \
  extern "C" int callboard_plugin_abi() {                                      \
    return ::callboard::plugin_abi_version;                                    \
  }                                                                            \
  extern "C" void callboard_plugin_register(                                   \
      ::callboard::plugin_handlers& handlers)
