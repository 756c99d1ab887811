#include "tests/actors/simulation/script.hpp"

#include <sstream>
#include <utility>

namespace callboard::simulation {

std::string to_text(const script& steps) {
  std::string text;
  for (const auto& x : steps)
    text += (text.empty() ? "" : " ") + std::to_string(static_cast<int>(x.what))
            + "," + std::to_string(x.took.count()) + ","
            + std::to_string(x.then.count());
  return text;
}

script to_script(std::string_view text) {
  script steps;
  std::istringstream in{std::string{text}};
  int verb = 0;
  char comma = 0;
  duration::rep took = 0;
  duration::rep then = 0;
  while (in >> verb >> comma >> took >> comma >> then)
    steps.push_back(
        {static_cast<deed::verb>(verb), duration{took}, duration{then}});
  if (steps.empty())
    steps.emplace_back();
  return steps;
}

const char* to_string(deed::verb what) {
  static constexpr const char* names[]
      = {"complete", "retry",  "fail",  "reschedule", "bury",
         "raise",    "linger", "beget", "kill"};
  return names[static_cast<int>(what)];
}

} // namespace callboard::simulation
