#include "config/substitution.hpp"

#include <cstdlib>
#include <optional>

namespace callboard::config {

namespace {

bool is_name(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "abcdefghijklmnopqrstuvwxyz"
                                       "_0123456789";
  return !text.empty() && digits.find(text[0]) == digits.npos
         && text.find_first_not_of(allowed) == text.npos;
}

// Puts in what stands between "${" and "}".
void put_in(expanded_text& out, std::string_view inside,
            const environment& variables) {
  auto split = inside.find(":-");
  std::string name{inside.substr(0, split)};
  if (!is_name(name)) {
    out.faults.push_back("'${" + std::string{inside}
                         + "}' names no variable: allowed are letters, digits "
                           "and '_'; write $${ for a plain ${");
    return;
  }
  out.has_variables = true;
  auto value = variables(name);
  // As in a shell, an empty variable takes the default, too.
  if (split != inside.npos && value.value_or("").empty())
    value = inside.substr(split + 2);
  if (value)
    out.value += *value;
  else
    out.faults.push_back("environment variable '" + name
                         + "' is not set; set it, or give a default: ${" + name
                         + ":-text}");
}

} // namespace

expanded_text expand(std::string_view text, const environment& variables) {
  expanded_text out;
  while (!text.empty()) {
    if (text.starts_with("$${")) {
      out.value += "${";
      text.remove_prefix(3);
    } else if (text.starts_with("${")) {
      auto end = text.find('}');
      if (end == text.npos) {
        out.faults.emplace_back("'${' has no '}'; write $${ for a plain ${");
        return out;
      }
      put_in(out, text.substr(2, end - 2), variables);
      text.remove_prefix(end + 1);
    } else {
      out.value += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    if (auto value = std::getenv(name.c_str()))
      return value;
    return std::nullopt;
  };
}

} // namespace callboard::config
