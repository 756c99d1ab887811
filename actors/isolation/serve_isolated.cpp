#include "actors/isolation/serve_isolated.hpp"

#include "actors/isolation/slot_process.hpp"
#include "actors/process/guardian.hpp"
#include "actors/process/own_program.hpp"

namespace callboard {

std::optional<int> serve_isolated(const startup_worker_source& make) {
  auto role = actors::take_role();
  if (!role) {
    actors::allow_own_starts();
    return std::nullopt;
  }
  if (role->name == actors::slot_role)
    return actors::serve_slot(role->parent, make);
  return actors::guardian::serve(role->parent);
}

std::optional<int> serve_isolated(const worker_source& make) {
  return serve_isolated(startup_worker_source{[&](const std::string&) {
    return make();
  }});
}

} // namespace callboard
