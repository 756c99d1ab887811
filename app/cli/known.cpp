#include "app/cli/known.hpp"

#include <utility>

namespace callboard::app {

known_types::known_types(const config::settings& settings, std::string file)
    : file_{std::move(file)} {
  for (const auto& queue : settings.queues) {
    auto& types = queues_[queue.name];
    for (const auto& [name, type] : queue.types)
      types.insert(name);
    // Only they know.
    if (queue.performers)
      types.insert("*");
  }
}

std::optional<std::string> known_types::doubt(const std::string& queue,
                                              const std::string& type) const {
  auto known = queues_.find(queue);
  if (known == queues_.end())
    return file_ + " has no queue '" + queue
           + "', so the job waits until a node that has it performs it; check"
             " the name, or add it to /queues";
  if (!known->second.contains(type) && !known->second.contains("*"))
    return file_ + ": queue '" + queue + "' has no type '" + type
           + "', so the job goes to the dead letters unless another node knows"
             " it; check the name, or add it to the queue's types";
  return std::nullopt;
}

} // namespace callboard::app
