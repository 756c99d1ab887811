#include "actors/process/own_program.hpp"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <charconv>

namespace callboard::actors {

namespace {

// "ROLE PARENT".
constexpr std::string_view variable = "CALLBOARD_CHILD";

std::atomic<bool> allowed = false;

std::vector<std::string> environment_of(const std::string& role) {
  std::vector<std::string> all;
  for (auto** each = environ; each && *each; ++each)
    if (!std::string_view{*each}.starts_with(std::string{variable} + "="))
      all.emplace_back(*each);
  all.push_back(std::string{variable} + "=" + role);
  return all;
}

} // namespace

std::optional<child_role> take_role() {
  const auto* value = ::getenv(variable.data());
  if (!value)
    return std::nullopt;
  std::string_view text{value};
  auto blank = text.find(' ');
  child_role role{std::string{text.substr(0, blank)}};
  if (blank != text.npos)
    std::from_chars(text.data() + blank + 1, text.data() + text.size(),
                    role.parent);
  ::unsetenv(variable.data());
  return role;
}

void allow_own_starts() {
  allowed = true;
}

bool may_start_own() {
  return allowed;
}

program_start own_start(std::string_view role, std::string_view title) {
  auto name = std::string{program_invocation_name} + " [";
  name += title;
  name += "]";
  auto part = std::string{role} + " " + std::to_string(::getpid());
  return {.path = "/proc/self/exe",
          .arguments = {std::move(name)},
          .environment = environment_of(part)};
}

} // namespace callboard::actors
