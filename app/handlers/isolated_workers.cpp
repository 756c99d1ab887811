#include "app/handlers/isolated_workers.hpp"

#include "app/handlers/make_workers.hpp"
#include "app/handlers/plugin_library.hpp"
#include "config/load.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace callboard::app {

namespace {

using problems = std::vector<config::problem>;

// In the startup text of a performer.
constexpr auto performs = "performs";

[[noreturn]] void refuse(const problems& all) {
  std::string text;
  for (const auto& each : all)
    text += (text.empty() ? "" : "; ") + each.pointer + ": " + each.message;
  throw failure{{errc::invalid_config, std::move(text)}};
}

// The next of several texts, none but the last of which holds NUL.
std::string take(std::string_view& from) {
  auto end = from.find('\0');
  std::string part{from.substr(0, end)};
  from.remove_prefix(end == from.npos ? from.size() : end + 1);
  return part;
}

} // namespace

std::string startup_of(const config::settings& all, const std::string& queue) {
  return queue + '\0' + all.base_directory + '\0' + (all.join ? performs : "")
         + '\0' + all.source;
}

std::vector<worker_config> isolated_workers(const std::string& startup) {
  std::string_view rest{startup};
  auto name = take(rest);
  auto folder = take(rest);
  auto what = take(rest) == performs ? config::purpose::perform
                                     : config::purpose::any;
  auto loaded
      = config::parse(rest, folder, config::process_environment(), what);
  if (const auto* found = std::get_if<problems>(&loaded))
    refuse(*found);
  auto& all = std::get<config::settings>(loaded);
  auto queue
      = std::ranges::find(all.queues, name, &config::queue_settings::name);
  if (queue == all.queues.end())
    return {};
  std::erase_if(queue->types, [](const auto& each) {
    return works_outside(each.second.handler);
  });
  auto made = make_worker(
      *queue, "",
      {.base_directory = folder, .plugins = std::make_shared<plugin_shelf>()});
  if (const auto* found = std::get_if<problems>(&made))
    refuse(*found);
  return {std::get<worker_config>(std::move(made))};
}

} // namespace callboard::app
