#include "store/migrator.hpp"

#include <algorithm>
#include <set>

namespace callboard::store {

namespace {

using step = schema_status::step;

step* find_step(schema_status& status, int version) {
  auto found = std::ranges::find(status.steps, version, &step::version);
  return found == status.steps.end() ? nullptr : &*found;
}

bool missing(const schema_status& status, const step& x) {
  return x.version > status.version && x.version <= status.required;
}

std::string version(int number) {
  return "version " + std::to_string(number);
}

} // namespace

std::vector<std::string> statements_of(std::string_view text) {
  std::vector<std::string> statements;
  std::string current;
  while (!text.empty()) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty() || line.starts_with("--"))
      continue;
    current.append(line);
    current.push_back('\n');
    if (line.ends_with(';')) {
      statements.push_back(std::move(current));
      current.clear();
    }
  }
  return statements;
}

schema_status status_of(std::span<const migration> migrations) {
  schema_status status;
  for (const auto& each : migrations) {
    status.required = std::max(status.required, each.version);
    status.steps.push_back(
        {each.version, std::string{each.name}, {}, each.needs});
  }
  return status;
}

void mark_applied(schema_status& status, int version, std::string_view name,
                  time_point when) {
  status.version = std::max(status.version, version);
  auto* known = find_step(status, version);
  if (!known)
    known = &status.steps.emplace_back(step{version, std::string{name}, {}, 1});
  known->applied_at = when;
  status.needs = std::max(status.needs, known->needs);
}

void mark_needs(schema_status& status, int version, int needs) {
  if (auto* known = find_step(status, version))
    known->needs = needs;
  status.needs = std::max(status.needs, needs);
}

result<void> check_schema(const schema_status& status,
                          std::string_view database) {
  if (auto newer = check_not_newer(status, database); !newer)
    return newer;
  if (status.version >= status.required)
    return {};
  auto tables = status.version == 0
                    ? std::string{"has no callboard tables"}
                    : "has callboard tables of " + version(status.version);
  return error{errc::schema_outdated,
               std::string{database} + " " + tables + ", this program needs "
                   + version(status.required) + ": run `callboard migrate`"};
}

result<void> check_not_newer(const schema_status& status,
                             std::string_view database) {
  if (status.version <= status.required || status.needs <= status.required)
    return {};
  return error{errc::schema_too_new,
               std::string{database} + " has callboard tables of "
                   + version(status.version)
                   + ", which need a program that knows "
                   + version(status.needs) + "; this one knows "
                   + version(status.required) + ": use a newer callboard"};
}

bool locks_out(const schema_status& status) {
  return status.version > 0
         && std::ranges::any_of(status.steps, [&](const auto& x) {
              return missing(status, x) && x.needs > status.needs;
            });
}

result<void> check_nodes(const schema_status& status,
                         const std::vector<node_info>& nodes,
                         std::string_view database) {
  for (const auto& next : status.steps) {
    if (!missing(status, next))
      continue;
    std::set<std::string> behind;
    for (const auto& node : nodes)
      if (node.alive && node.knows < next.needs)
        behind.insert(node.name
                      + (node.address.empty() ? "" : " at " + node.address));
    std::string names;
    for (const auto& each : behind)
      names += (names.empty() ? "" : ", ") + each;
    if (!names.empty())
      return error{
          errc::schema_outdated,
          std::string{database} + ": after step " + std::to_string(next.version)
              + " (" + next.name + ") the tables need programs that know "
              + version(next.needs)
              + ", and nodes of older ones are alive: " + names
              + "; stop them first, or run `callboard migrate --force` and"
                " they fail"};
  }
  return {};
}

} // namespace callboard::store
