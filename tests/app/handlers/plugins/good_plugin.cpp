#include "actors/pipeline/plugin.hpp"

#include <stdexcept>

CALLBOARD_PLUGIN(handlers) {
  using namespace callboard;
  handlers.on("complete", [](const job&, context&) { return complete(); });
  handlers.on("echo", [](const job& work, context& ctx) {
    return fail(work.arg + " " + ctx.request_id());
  });
  handlers.on("throw", [](const job&, context&) -> outcome {
    throw std::runtime_error{"thrown by a plugin"};
  });
}
