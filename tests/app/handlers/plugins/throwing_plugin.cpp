#include "actors/pipeline/plugin.hpp"

#include <stdexcept>

CALLBOARD_PLUGIN(handlers) {
  handlers.on("half", {});
  throw std::runtime_error{"no licence"};
}
