#include "actors/cluster/roles.hpp"

#include <algorithm>

namespace callboard::actors {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

bool matches(std::string_view pattern, std::string_view name) {
  if (pattern == "*")
    return !name.empty();
  if (!pattern.starts_with("*."))
    return same(pattern, name);
  auto end = pattern.substr(1);
  return name.size() > end.size()
         && same(end, name.substr(name.size() - end.size()));
}

peer_roles roles_of(const std::vector<std::string>& names,
                    const std::vector<allow_rule>& rules) {
  if (rules.empty())
    return peer_roles::all();
  peer_roles sum;
  for (const auto& rule : rules)
    for (const auto& name : names)
      if (matches(rule.name, name)) {
        sum.enqueue |= rule.may.enqueue;
        sum.perform |= rule.may.perform;
        sum.node |= rule.may.node;
      }
  return sum;
}

} // namespace callboard::actors
