#include "config/cursor.hpp"

#include "config/duration.hpp"
#include "config/quote.hpp"
#include "config/size.hpp"
#include "config/substitution.hpp"
#include "store/model/text.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace callboard::config {

namespace {

// A key as RFC 6901 writes it.
std::string escaped(std::string_view key) {
  std::string out;
  for (auto x : key) {
    if (x == '~')
      out += "~0";
    else if (x == '/')
      out += "~1";
    else
      out += x;
  }
  return out;
}

// Without bounds of its own.
constexpr key_info plain_text{"", value_type::text, ""};

result<std::int64_t> microseconds_of(const std::string& text) {
  auto span = parse_duration(text);
  if (!span)
    return span.error();
  return span->count();
}

} // namespace

std::string cursor::pointer_to(std::string_view key) const {
  return pointer_ + "/" + escaped(key);
}

std::optional<cursor> cursor::member(std::string_view key) const {
  auto members = value_->as<json_value::object>();
  if (members == nullptr)
    return std::nullopt;
  auto found = std::ranges::find(*members, key, &json_member::key);
  return found == members->end() ? std::nullopt : std::optional{child(*found)};
}

cursor cursor::child(const json_member& member) const {
  return {*all_, member.value, pointer_to(member.key)};
}

cursor cursor::child(std::size_t index, const json_value& element) const {
  return {*all_, element, pointer_to(std::to_string(index))};
}

void cursor::report(std::string message) const {
  all_->problems.add(value_->order, pointer_, std::move(message));
}

void cursor::report_key(std::string_view key, std::string message) const {
  all_->problems.add(value_->order, pointer_to(key), std::move(message));
}

void cursor::report_kind(const key_info& key) const {
  report("must be " + expectation(key) + ", not "
         + std::string{kind_name(*value_)});
}

std::optional<text_setting> cursor::text(const key_info& key) const {
  auto raw = value_->as<std::string>();
  if (raw == nullptr) {
    report_kind(key);
    return std::nullopt;
  }
  auto expanded = expand(*raw, all_->variables);
  for (auto& fault : expanded.faults)
    report(fault);
  if (!expanded.faults.empty())
    return std::nullopt;
  auto length = static_cast<std::int64_t>(expanded.value.size());
  if (!is_storable_text(expanded.value)) {
    report("must be UTF-8 text without NUL");
    return std::nullopt;
  }
  if (length < key.low) {
    report("must not be empty");
    return std::nullopt;
  }
  if (key.high != 0 && length > key.high) {
    report("has " + std::to_string(length) + " bytes; at most "
           + std::to_string(key.high) + " are allowed");
    return std::nullopt;
  }
  return text_setting{std::move(expanded.value), quoted(*raw),
                      expanded.has_variables,
                      expanded.has_variables ? *raw : std::string{}};
}

std::optional<bool> cursor::boolean(const key_info& key) const {
  if (auto value = value_->as<bool>())
    return *value;
  report_kind(key);
  return std::nullopt;
}

std::optional<double> cursor::number(const key_info& key) const {
  std::optional<double> out;
  if (auto whole = value_->as<std::int64_t>())
    out = static_cast<double>(*whole);
  else if (auto broken = value_->as<double>())
    out = *broken;
  else
    report_kind(key);
  if (out && !within(key, *out, number_text(*out)))
    return std::nullopt;
  return out;
}

std::optional<std::int64_t> cursor::integer(const key_info& key) const {
  switch (key.type) {
  case value_type::choice:
    return chosen(key);
  case value_type::time_span:
    return measured(key);
  case value_type::size:
    return value_->as<std::string>() != nullptr ? measured(key)
                                                : whole_number(key);
  default:
    return whole_number(key);
  }
}

std::optional<std::vector<std::string>>
cursor::texts(const key_info& key) const {
  auto list = value_->as<json_value::list>();
  if (list == nullptr) {
    report_kind(key);
    return std::nullopt;
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < list->size(); ++i)
    if (auto element = child(i, (*list)[i]).text(plain_text))
      out.push_back(std::move(element->value));
  return out.size() == list->size() ? std::optional{std::move(out)}
                                    : std::nullopt;
}

std::optional<std::map<std::string, std::string>>
cursor::text_map(const key_info& key) const {
  auto object = value_->as<json_value::object>();
  if (object == nullptr) {
    report_kind(key);
    return std::nullopt;
  }
  std::map<std::string, std::string> out;
  for (auto& member : *object)
    if (auto element = child(member).text(plain_text))
      out.insert_or_assign(member.key, std::move(element->value));
  return out;
}

std::optional<std::int64_t> cursor::whole_number(const key_info& key) const {
  if (auto value = value_->as<std::int64_t>()) {
    auto shown = std::to_string(*value);
    return within(key, static_cast<double>(*value), shown)
               ? std::optional{*value}
               : std::nullopt;
  }
  // 1e3 is whole, but no integer as JSON goes.
  if (auto broken = value_->as<double>();
      broken && std::trunc(*broken) == *broken && std::abs(*broken) < 1e15)
    report("must be " + expectation(key) + ", in digits alone: "
           + std::to_string(static_cast<std::int64_t>(*broken)));
  else if (broken)
    report("must be " + expectation(key) + ", not " + number_text(*broken));
  else
    report_kind(key);
  return std::nullopt;
}

std::optional<std::int64_t> cursor::measured(const key_info& key) const {
  if (value_->as<std::string>() == nullptr) {
    report_kind(key);
    return std::nullopt;
  }
  auto found = text(plain_text);
  if (!found)
    return std::nullopt;
  auto parsed = key.type == value_type::size ? parse_size(found->value)
                                             : microseconds_of(found->value);
  if (!parsed) {
    // The parser's sentence repeats the value.
    report(found->has_variables
               ? "must be " + expectation(key) + "; the value of "
                     + found->shown + " is not"
               : parsed.error().message);
    return std::nullopt;
  }
  return within(key, static_cast<double>(*parsed), found->shown)
             ? std::optional{*parsed}
             : std::nullopt;
}

std::optional<std::int64_t> cursor::chosen(const key_info& key) const {
  if (value_->as<std::string>() == nullptr) {
    report_kind(key);
    return std::nullopt;
  }
  auto found = text(plain_text);
  if (!found)
    return std::nullopt;
  auto choice = std::ranges::find(key.choices, found->value);
  if (choice == key.choices.end()) {
    report("must be " + expectation(key) + ", not " + found->shown);
    return std::nullopt;
  }
  return choice - key.choices.begin();
}

bool cursor::within(const key_info& key, double value,
                    const std::string& shown) const {
  if (value < static_cast<double>(key.low))
    report("must be at least " + bound_text(key, key.low) + ", not " + shown);
  else if (value > static_cast<double>(key.high))
    report("must be at most " + bound_text(key, key.high) + ", not " + shown);
  else
    return true;
  return false;
}

} // namespace callboard::config
