#include "config/duration.hpp"
#include "config/keys.hpp"
#include "config/size.hpp"

namespace callboard::config {

namespace {

// "debug, info, warning or error", each between two marks.
std::string choices_text(const key_info& key, char mark) {
  std::string out;
  for (auto& each : key.choices) {
    if (!out.empty())
      out += &each == &key.choices.back() ? " or " : ", ";
    out += mark + std::string{each} + mark;
  }
  return out;
}

} // namespace

std::string bound_text(const key_info& key, std::int64_t bound) {
  switch (key.type) {
  case value_type::time_span:
    return duration_text(duration{bound});
  case value_type::size:
    return size_text(bound);
  default:
    return std::to_string(bound);
  }
}

std::string expectation(const key_info& key) {
  auto bounds = " from " + bound_text(key, key.low) + " to "
                + bound_text(key, key.high);
  switch (key.type) {
  case value_type::text:
    return "a string";
  case value_type::boolean:
    return "true or false";
  case value_type::integer:
    return "an integer" + bounds;
  case value_type::number:
    return "a number" + bounds;
  case value_type::time_span:
    return R"(a duration such as "500ms" or "1h30m")";
  case value_type::size:
    return R"(a size such as "16MiB", or a number of bytes)";
  case value_type::choice:
    return choices_text(key, '"');
  case value_type::text_list:
    return "a list of strings";
  case value_type::text_map:
    return "an object of strings";
  case value_type::object:
    return "an object";
  case value_type::object_list:
    return "a list of objects";
  case value_type::text_or_object:
    return "a string or an object";
  case value_type::text_list_or_object:
    return "a list of strings or an object";
  case value_type::not_offered_yet:
    return "left out";
  }
  return {};
}

std::string type_text(const key_info& key) {
  auto bounds
      = ", " + bound_text(key, key.low) + " to " + bound_text(key, key.high);
  switch (key.type) {
  case value_type::text:
    return "string";
  case value_type::boolean:
    return "boolean";
  case value_type::integer:
    return "integer" + bounds;
  case value_type::number:
    return "number" + bounds;
  case value_type::time_span:
    return "duration" + bounds;
  case value_type::size:
    return "size" + bounds;
  case value_type::choice:
    return choices_text(key, '`');
  case value_type::text_list:
    return "list of strings";
  case value_type::text_map:
    return "object of strings";
  case value_type::object:
    return "object";
  case value_type::object_list:
    return "list of objects";
  case value_type::text_or_object:
    return "string or object";
  case value_type::text_list_or_object:
    return "list of strings or object";
  case value_type::not_offered_yet:
    return "not offered yet";
  }
  return {};
}

} // namespace callboard::config
