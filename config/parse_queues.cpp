#include "config/object_reader.hpp"
#include "config/parse.hpp"
#include "store/model/new_job.hpp"

#include <array>
#include <utility>

namespace callboard::config {

namespace {

constexpr auto handlers = std::to_array<std::string_view>(
    {"exec", "http", "plugin", "noop", "sleep", "echo", "fail"});

constexpr auto default_poll_interval = std::chrono::seconds{1};

std::string listed(const std::vector<std::string_view>& names) {
  std::string out;
  for (auto each : names)
    out += (out.empty() ? "" : ", ") + std::string{each};
  return out;
}

// `to` holds the options of the queue.
type_settings parse_type(const cursor& at, const type_options& defaults) {
  object_reader from{at, objects::type};
  type_settings out{.options = defaults};
  from.read("timeout", out.options.timeout);
  if (auto retry = from.find("retry"))
    parse_retry(*retry, out.options.retry);
  std::vector<std::string_view> given;
  for (auto name : handlers)
    if (auto handler = from.find(name)) {
      given.push_back(name);
      out.handler = parse_handler(name, *handler);
    }
  if (at.value().as<json_value::object>() == nullptr || given.size() == 1)
    return out;
  if (given.empty())
    at.report("has no handler; it must have one of "
              + listed({handlers.begin(), handlers.end()}));
  else
    at.report("has " + std::to_string(given.size()) + " handlers ("
              + listed(given) + "); keep one");
  return out;
}

void parse_types(const cursor& at, const type_options& defaults,
                 queue_settings& to) {
  auto types = at.value().as<json_value::object>();
  if (types == nullptr)
    return at.report_kind(*objects::queue.find("types"));
  if (types->empty())
    at.report("has no types; name at least one, or \"*\" for all");
  for (auto& member : *types) {
    auto place = at.child(member);
    if (member.key.empty())
      place.report("a type must have a name");
    if (member.key.size() > job_limits::name_bytes)
      place.report("the name of the type has "
                   + std::to_string(member.key.size())
                   + " bytes; at most 255 are allowed");
    if (member.key.find('\0') != member.key.npos)
      place.report("the name of the type must not hold NUL");
    to.types.insert_or_assign(member.key, parse_type(place, defaults));
  }
}

void parse_performers(const object_reader& queue, const cursor& at,
                      queue_settings& to) {
  object_reader from{at, objects::performers};
  if (at.value().as<json_value::object>() == nullptr)
    return;
  auto& out = to.performers.emplace();
  from.read("max_attempts", out.max_attempts);
  from.read("timeout", out.timeout);
  for (auto key : {"types", "isolation", "timeout", "retry"})
    if (auto other = queue.find(key))
      other->report("stands beside performers, who have the handlers; put it "
                    "into their file, or leave performers out");
}

queue_settings parse_queue(const cursor& at) {
  object_reader from{at, objects::queue};
  queue_settings out{.poll_interval = default_poll_interval};
  if (auto name = from.required_text("name"))
    out.name = std::move(name->value);
  from.read("concurrency", out.concurrency);
  from.read("poll_interval", out.poll_interval);
  if (auto isolation = from.find("isolation"))
    parse_isolation(*isolation, out.isolation);
  type_options defaults;
  from.read("timeout", defaults.timeout);
  if (auto retry = from.find("retry"))
    parse_retry(*retry, defaults.retry);
  if (auto performers = from.find("performers"))
    parse_performers(from, *performers, out);
  else if (auto types = from.require("types"))
    parse_types(*types, defaults, out);
  return out;
}

} // namespace

void parse_queues(const cursor& at, settings& to) {
  auto list = at.value().as<json_value::list>();
  if (list == nullptr)
    return at.report_kind(*objects::file.find("queues"));
  // Where each name stands.
  std::map<std::string, std::string> seen;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto place = at.child(i, (*list)[i]);
    auto queue = parse_queue(place);
    if (!queue.name.empty()) {
      auto [first, is_new] = seen.emplace(queue.name, place.pointer_to("name"));
      if (!is_new)
        place.member("name")->report(
            "is the name of the queue at " + first->second
            + ", too; put their types into one queue, or rename one");
    }
    to.queues.push_back(std::move(queue));
  }
}

} // namespace callboard::config
