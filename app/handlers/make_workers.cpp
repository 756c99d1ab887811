#include "app/handlers/make_workers.hpp"

#include "app/handlers/isolated_workers.hpp"
#include "app/handlers/make_handler.hpp"
#include "app/handlers/plugin_library.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <utility>

namespace callboard::app {

namespace {

using problems = std::vector<config::problem>;

// In the order of `handler_settings`.
constexpr auto kinds = std::to_array<const char*>(
    {"exec", "http", "plugin", "noop", "sleep", "echo", "fail"});

static_assert(kinds.size() == std::variant_size_v<config::handler_settings>);

// A key as a part of a JSON pointer (RFC 6901).
std::string escaped(const std::string& key) {
  std::string result;
  for (auto c : key)
    if (c == '~')
      result += "~0";
    else if (c == '/')
      result += "~1";
    else
      result += c;
  return result;
}

} // namespace

bool works_outside(const config::handler_settings& from) {
  return std::holds_alternative<config::exec_settings>(from)
         || std::holds_alternative<config::http_settings>(from);
}

std::variant<worker_config, problems>
make_worker(const config::queue_settings& from, const std::string& pointer,
            handler_environment where) {
  worker_config made{.queue = from.name,
                     .concurrency = from.concurrency,
                     .poll_interval = from.poll_interval,
                     .isolation = from.isolation,
                     .performers = from.performers};
  problems found;
  where.queue = from.name;
  for (const auto& [type, settings] : from.types) {
    where.type = type;
    auto function = make_handler(settings.handler, where);
    auto options = settings.options;
    options.isolated = works_outside(settings.handler);
    if (!function)
      found.push_back({pointer + "/types/" + escaped(type) + "/"
                           + kinds.at(settings.handler.index()),
                       "queue '" + from.name + "', type '" + type
                           + "': " + function.error().message});
    else if (type == "*")
      made.handle.otherwise(std::move(*function), options);
    else
      made.handle.on(type, std::move(*function), options);
  }
  if (found.empty())
    if (auto checked = made.normalized(); !checked)
      found.push_back({pointer, checked.error().message});
  if (!found.empty())
    return found;
  return made;
}

std::variant<std::vector<worker_config>, problems>
make_workers(const config::settings& from) {
  handler_environment where{.base_directory = from.base_directory,
                            .plugins = std::make_shared<plugin_shelf>()};
  std::vector<worker_config> made;
  problems found;
  for (std::size_t i = 0; i < from.queues.size(); ++i) {
    auto one
        = make_worker(from.queues[i], "/queues/" + std::to_string(i), where);
    if (auto* worker = std::get_if<worker_config>(&one)) {
      if (worker->isolation)
        worker->isolation->startup = startup_of(from, worker->queue);
      made.push_back(std::move(*worker));
    } else {
      std::ranges::move(std::get<problems>(one), std::back_inserter(found));
    }
  }
  if (!found.empty())
    return found;
  return made;
}

} // namespace callboard::app
