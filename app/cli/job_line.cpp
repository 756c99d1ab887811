#include "app/cli/job_line.hpp"

#include "app/cli/base64.hpp"
#include "app/cli/moment.hpp"
#include "config/duration.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace callboard::app {

namespace json = boost::json;

namespace {

/// What is wrong with a value; nothing when it was taken.
using complaint = std::optional<std::string>;

complaint take_text(const json::value& from, std::string& to) {
  if (!from.is_string())
    return "must be a string";
  to = std::string{from.get_string()};
  return std::nullopt;
}

template <class Integer>
complaint take_number(const json::value& from, Integer& to, Integer least) {
  constexpr auto most = std::numeric_limits<Integer>::max();
  if (!from.is_int64() || from.get_int64() < least || from.get_int64() > most)
    return "must be a whole number from " + std::to_string(least) + " to "
           + std::to_string(most);
  to = static_cast<Integer>(from.get_int64());
  return std::nullopt;
}

/// Where in `text`, from a quote at `at`, its string has ended.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at)
    if (text[at] == '\\')
      ++at;
  return at + 1;
}

/// Where in `text`, from `at`, the value ends that begins there.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  for (int depth = 0; depth > 0 || (text[at] != ',' && text[at] != '}');) {
    if (text[at] == '"') {
      at = end_of_string(text, at);
      continue;
    }
    depth += text[at] == '{' || text[at] == '[' ? 1 : 0;
    depth -= text[at] == '}' || text[at] == ']' ? 1 : 0;
    ++at;
  }
  return at;
}

/// A key and its value as they stand in a line.
struct raw_member {
  std::string_view key;
  std::string_view value;
};

/// The members of `line`, a valid object.
std::vector<raw_member> members_of(std::string_view line) {
  constexpr std::string_view blanks = " \t\r\n";
  std::vector<raw_member> members;
  auto at = line.find('{') + 1;
  for (at = line.find_first_not_of(blanks, at); line[at] != '}';) {
    at = line.find('"', at);
    auto key_end = end_of_string(line, at);
    auto key = line.substr(at, key_end - at);
    at = line.find_first_not_of(blanks, line.find(':', key_end) + 1);
    auto end = end_of_value(line, at);
    auto value = line.substr(at, end - at);
    members.push_back(
        {key, value.substr(0, value.find_last_not_of(blanks) + 1)});
    at = end;
  }
  return members;
}

/// The value of the key "arg" as it stands in `line`: a parser and a serialiser
/// would change its numbers.
std::string_view raw_arg(std::string_view line) {
  for (const auto& each : members_of(line))
    if (each.key == "\"arg\"")
      return each.value;
  return {};
}

/// Of a key that stands twice the parser drops one, whichever was meant.
complaint find_duplicate(std::string_view line, const json::object& parsed) {
  auto members = members_of(line);
  if (members.size() == parsed.size())
    return std::nullopt;
  std::set<std::string> seen;
  for (const auto& each : members) {
    std::string key{json::parse(each.key).get_string()};
    if (!seen.insert(key).second)
      return "the key \"" + key + "\" stands twice; leave one out";
  }
  return std::nullopt;
}

complaint take_arg(const json::value& from, std::string_view line,
                   std::string& to) {
  if (from.is_string()) {
    to = std::string{from.get_string()};
    return std::nullopt;
  }
  to = std::string{raw_arg(line)};
  // A key that is written with escapes.
  if (to.empty())
    to = json::serialize(from);
  return std::nullopt;
}

complaint take_base64(const json::value& from, std::string& to) {
  auto bytes = from.is_string() ? from_base64(from.get_string()) : std::nullopt;
  if (!bytes)
    return "must be a string of base64 with padding, such as \"AAEC\"";
  to = std::move(*bytes);
  return std::nullopt;
}

complaint take_id(const json::value& from, std::string& to) {
  if (auto wrong = take_text(from, to))
    return wrong;
  if (to.empty())
    return "must not be empty; leave it out for a new one";
  return std::nullopt;
}

complaint take_delay(const json::value& from, duration& to) {
  if (!from.is_string())
    return "must be a string with a unit, such as \"10s\"";
  auto parsed = config::parse_duration(from.get_string());
  if (!parsed)
    return parsed.error().message;
  to = *parsed;
  return std::nullopt;
}

complaint take_timeout(const json::value& from, duration& to) {
  if (auto wrong = take_delay(from, to))
    return wrong;
  if (to <= duration{0})
    return "must be longer than 0; leave it out for the type's timeout";
  return std::nullopt;
}

complaint take_moment(const json::value& from, std::optional<time_point>& to) {
  if (!from.is_string())
    return "must be a string, such as \"2026-11-24T08:00:00Z\"";
  auto parsed = parse_moment(from.get_string());
  if (!parsed)
    return parsed.error().message;
  to = *parsed;
  return std::nullopt;
}

complaint take(std::string_view key, const json::value& from,
               std::string_view line, new_job& to) {
  if (key == "queue")
    return take_text(from, to.queue);
  if (key == "type")
    return take_text(from, to.type);
  if (key == "arg")
    return take_arg(from, line, to.arg);
  if (key == "arg_base64")
    return take_base64(from, to.arg);
  if (key == "id")
    return take_id(from, to.id);
  if (key == "delay")
    return take_delay(from, to.delay);
  if (key == "run_at")
    return take_moment(from, to.run_at);
  if (key == "priority")
    return take_number(from, to.priority,
                       std::numeric_limits<std::int16_t>::min());
  if (key == "request_id")
    return take_text(from, to.request_id);
  if (key == "max_attempts")
    return take_number(from, to.max_attempts, 1);
  if (key == "timeout")
    return take_timeout(from, to.timeout);
  return "is not known; the keys are queue, type, arg, arg_base64, id, delay,"
         " run_at, priority, request_id, max_attempts and timeout";
}

/// Pairs of keys of which one line may have one.
complaint find_contradiction(const json::object& line) {
  if (line.contains("arg") && line.contains("arg_base64"))
    return "arg and arg_base64 exclude each other; leave one out";
  if (line.contains("delay") && line.contains("run_at"))
    return "delay and run_at exclude each other; leave one out";
  return std::nullopt;
}

} // namespace

result<new_job> parse_job_line(std::string_view line, const new_job& defaults) {
  json::error_code code;
  json::parse_options options;
  options.max_depth = 256;
  auto document = json::parse(line, code, {}, options);
  if (code)
    return error{errc::invalid_job, "not JSON: " + code.message()};
  if (!document.is_object())
    return error{errc::invalid_job,
                 "not a JSON object; write {\"queue\": ..., \"type\": ...}"};
  const auto& object = document.get_object();
  for (const auto& wrong :
       {find_duplicate(line, object), find_contradiction(object)})
    if (wrong)
      return error{errc::invalid_job, *wrong};
  auto job = defaults;
  for (const auto& member : object) {
    std::string_view key{member.key().data(), member.key().size()};
    if (auto wrong = take(key, member.value(), line, job))
      return error{errc::invalid_job, "\"" + std::string{key} + "\" " + *wrong};
  }
  for (auto [name, text] :
       {std::pair{"queue", &job.queue}, std::pair{"type", &job.type}})
    if (text->empty())
      return error{errc::invalid_job,
                   std::string{"no "} + name + "; add \"" + name
                       + "\", or give a default with -" + name[0]};
  return job;
}

} // namespace callboard::app
