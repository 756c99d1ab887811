#include "tests/e2e/ledger.hpp"

#include <algorithm>

namespace callboard::test {

std::string deadly_queue(const std::string& name, int concurrency,
                         const std::string& more) {
  auto text = R"({"name": ")" + name + R"(", "concurrency": )"
              + std::to_string(concurrency)
              + R"(, "poll_interval": "100ms", "types": {)";
  auto first = true;
  for (const auto* type : {"write", "die", "die_once", "hold", "deaf"}) {
    text += (first ? "" : ", ") + ("\"" + std::string{type})
            + R"(": {"plugin": {"path": ")" CALLBOARD_DEADLY_PLUGIN R"("}})";
    first = false;
  }
  return text + "}" + (more.empty() ? "" : ", " + more) + "}";
}

std::size_t noted(const scene& here, std::string_view beginning) {
  auto lines = here.lines_of("ledger");
  return static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const std::string& x) {
        return x.starts_with(beginning);
      }));
}

std::string job_line(const std::string& queue, const std::string& type,
                     const std::string& id, const std::string& arg) {
  return R"({"queue": ")" + queue + R"(", "type": ")" + type + R"(", "id": ")"
         + id + R"(", "arg": ")" + arg + "\"}\n";
}

} // namespace callboard::test
