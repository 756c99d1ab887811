#include "config/object_reader.hpp"

#include "config/suggestion.hpp"

#include <cassert>
#include <utility>

namespace callboard::config {

object_reader::object_reader(cursor at, const object_info& info)
    : at_{std::move(at)}, info_{&info} {
  if (auto members = at_.value().as<json_value::object>())
    report_unknown_keys(*members);
  else
    at_.report("must be an object, not " + std::string{kind_name(at_.value())});
}

std::optional<cursor> object_reader::find(std::string_view name) const {
  assert(info_->find(name) != nullptr);
  return at_.member(name);
}

std::optional<cursor> object_reader::require(std::string_view name) const {
  auto found = find(name);
  if (!found && at_.value().as<json_value::object>() != nullptr)
    at_.report_key(name, "is missing; it must be " + expectation(key(name)));
  return found;
}

std::optional<text_setting> object_reader::text(std::string_view name) const {
  auto found = find(name);
  return found ? found->text(key(name)) : std::nullopt;
}

std::optional<text_setting>
object_reader::required_text(std::string_view name) const {
  auto found = require(name);
  return found ? found->text(key(name)) : std::nullopt;
}

void object_reader::read(std::string_view name, std::string& to) const {
  if (auto value = text(name))
    to = std::move(value->value);
}

void object_reader::read(std::string_view name, bool& to) const {
  if (auto found = find(name))
    to = found->boolean(key(name)).value_or(to);
}

void object_reader::read(std::string_view name, double& to) const {
  if (auto found = find(name))
    to = found->number(key(name)).value_or(to);
}

void object_reader::read(std::string_view name, duration& to) const {
  if (auto value = integer(name))
    to = duration{*value};
}

void object_reader::read(std::string_view name,
                         std::vector<std::string>& to) const {
  if (auto found = find(name))
    if (auto value = found->texts(key(name)))
      to = *std::move(value);
}

void object_reader::read(std::string_view name,
                         std::map<std::string, std::string>& to) const {
  if (auto found = find(name))
    if (auto value = found->text_map(key(name)))
      to = *std::move(value);
}

void object_reader::report_unknown_keys(
    const json_value::object& members) const {
  std::vector<std::string_view> allowed;
  std::string list;
  for (auto& each : info_->keys)
    if (each.type != value_type::not_offered_yet) {
      allowed.push_back(each.name);
      list += (list.empty() ? "" : ", ") + std::string{each.name};
    }
  for (auto& each : members) {
    auto known = info_->find(each.key);
    if (known == nullptr) {
      std::string message = "unknown key";
      if (auto meant = suggestion(each.key, allowed))
        message += "; did you mean '" + std::string{*meant} + "'?";
      else
        message += ";";
      message += list.empty() ? " No keys are allowed here"
                              : " Allowed here: " + list;
      at_.child(each).report(message);
    } else if (known->type == value_type::not_offered_yet) {
      at_.child(each).report(
          "is not offered yet; leave it out (nodes that share a database "
          "already work together)");
    }
  }
}

const key_info& object_reader::key(std::string_view name) const {
  auto found = info_->find(name);
  assert(found != nullptr);
  return *found;
}

std::optional<std::int64_t>
object_reader::integer(std::string_view name) const {
  auto found = find(name);
  return found ? found->integer(key(name)) : std::nullopt;
}

} // namespace callboard::config
