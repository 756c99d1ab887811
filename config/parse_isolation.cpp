#include "config/object_reader.hpp"
#include "config/parse.hpp"

namespace callboard::config {

namespace {

// In the order of the words of `mode`.
enum class mode { none, process };

} // namespace

void parse_isolation(const cursor& at, std::optional<process_isolation>& to) {
  auto chosen = mode::process;
  if (at.value().as<std::string>() != nullptr) {
    if (auto word = at.integer(*objects::isolation.find("mode")))
      chosen = static_cast<mode>(*word);
    if (chosen == mode::process)
      to.emplace();
    return;
  }
  if (at.value().as<json_value::object>() == nullptr)
    return at.report_kind(*objects::queue.find("isolation"));
  object_reader from{at, objects::isolation};
  process_isolation out;
  from.read("mode", chosen);
  from.read("memory", out.memory);
  from.read("cpu_time", out.cpu_time);
  from.read("recycle_after", out.recycle_after);
  from.read("kill_after", out.kill_after);
  if (chosen == mode::process)
    to = out;
}

} // namespace callboard::config
