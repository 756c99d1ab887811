#include "actors/isolation/isolate.hpp"

#include "actors/isolation/child_pool.hpp"
#include "actors/pipeline/middleware.hpp"
#include "actors/process/own_program.hpp"

#include <memory>
#include <utility>

namespace callboard::actors {

namespace {

handler remote(std::shared_ptr<child_pool> pool) {
  return [pool = std::move(pool)](const job& work, context& ctx) {
    return pool->perform(work, ctx);
  };
}

worker_config isolated(worker_config config, const std::string& node_name,
                       std::int32_t max_deaths) {
  auto pool = std::make_shared<child_pool>(
      child_plan{.queue = config.queue,
                 .settings = *config.isolation,
                 .node_name = node_name.empty() ? "(unnamed)" : node_name,
                 .max_deaths = max_deaths});
  // Middlewares run around the user's function: in the process, except around
  // one that only hands its job on.
  auto there = [&](const route& to) {
    return to.options.isolated ? chain(config.middlewares, to.function)
                               : remote(pool);
  };
  auto marked = [](type_options options) {
    options.isolated = true;
    return options;
  };
  mux all;
  for (const auto& type : config.handle.types()) {
    const auto* to = config.handle.find(type);
    all.on(type, there(*to), marked(to->options));
  }
  if (const auto* to = config.handle.rest())
    all.otherwise(there(*to), marked(to->options));
  config.handle = std::move(all);
  config.middlewares.clear();
  return config;
}

} // namespace

result<std::vector<worker_config>> isolate(std::vector<worker_config> configs,
                                           const std::string& node_name,
                                           std::int32_t max_deaths) {
  for (auto& config : configs) {
    if (!config.isolation)
      continue;
    if (!may_start_own())
      return error{errc::invalid_config,
                   "queue '" + config.queue
                       + "': isolation starts this program again, and its "
                         "main does not begin with callboard::serve_isolated; "
                         "call it there, or leave isolation out"};
    config = isolated(std::move(config), node_name, max_deaths);
  }
  return configs;
}

} // namespace callboard::actors
