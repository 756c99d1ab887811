#include "app/handlers/outcome_json.hpp"

#include "config/duration.hpp"
#include "store/schedule/cron.hpp"

#include <boost/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callboard::app {

namespace {

namespace json = boost::json;

error fault(std::string what) {
  return {errc::invalid_job, std::move(what)};
}

std::string quoted(std::string_view text) {
  return "\"" + std::string{text.substr(0, 64)} + "\"";
}

// The keys that a result may have beside "result".
using keys = std::vector<std::string_view>;

const std::map<std::string, keys, std::less<>>& known_results() {
  static const std::map<std::string, keys, std::less<>> known{
      {"complete", {}},
      {"retry", {"after", "error"}},
      {"fail", {"error"}},
      {"dead", {"error"}},
      {"reschedule", {"after", "cron", "zone", "arg"}}};
  return known;
}

result<std::optional<std::string>> text_of(const json::object& from,
                                           std::string_view key) {
  const auto* found = from.if_contains(key);
  if (!found)
    return std::optional<std::string>{};
  if (const auto* text = found->if_string())
    return std::optional<std::string>{std::string{*text}};
  return fault(quoted(key) + " must be a string");
}

result<std::optional<duration>> after_of(const json::object& from) {
  auto text = text_of(from, "after");
  if (!text)
    return text.error();
  if (!*text)
    return std::optional<duration>{};
  auto span = config::parse_duration(**text);
  if (!span)
    return fault("\"after\": " + span.error().message);
  return std::optional<duration>{*span};
}

result<next_run> next_of(const json::object& from) {
  auto after = after_of(from);
  if (!after)
    return after.error();
  auto expression = text_of(from, "cron");
  if (!expression)
    return expression.error();
  auto zone = text_of(from, "zone");
  if (!zone)
    return zone.error();
  if (after->has_value() == expression->has_value())
    return fault("a reschedule needs either \"after\" or \"cron\"");
  if (after->has_value()) {
    if (zone->has_value())
      return fault("\"zone\" goes with \"cron\" only");
    return next_run{**after};
  }
  cron_schedule schedule{**expression, zone->value_or("UTC")};
  if (auto parsed = cron::parse(schedule); !parsed)
    return fault("\"cron\": " + parsed.error().message);
  return next_run{std::move(schedule)};
}

std::optional<std::string> arg_of(const json::object& from) {
  const auto* found = from.if_contains("arg");
  if (!found)
    return std::nullopt;
  if (const auto* text = found->if_string())
    return std::string{*text};
  return json::serialize(*found);
}

result<outcome> outcome_of(const std::string& kind, const json::object& from) {
  if (kind == "complete")
    return complete();
  if (kind == "reschedule") {
    auto next = next_of(from);
    if (!next)
      return next.error();
    return outcome{rescheduled{std::move(*next), arg_of(from)}};
  }
  auto why = text_of(from, "error");
  if (!why)
    return why.error();
  auto text = why->value_or("");
  if (kind == "fail")
    return fail(std::move(text));
  if (kind == "dead")
    return move_to_dlq(std::move(text));
  auto after = after_of(from);
  if (!after)
    return after.error();
  return retry(after->value_or(duration::zero()), std::move(text));
}

} // namespace

result<outcome> parse_outcome(std::string_view text) {
  json::error_code problem;
  auto value
      = json::parse(json::string_view{text.data(), text.size()}, problem);
  if (problem)
    return fault("it is no JSON: " + problem.message());
  const auto* from = value.if_object();
  if (!from)
    return fault("it must be a JSON object");
  auto kind = text_of(*from, "result");
  if (!kind)
    return kind.error();
  if (!*kind)
    return fault("\"result\" is missing");
  auto known = known_results().find(**kind);
  if (known == known_results().end())
    return fault("\"result\" is " + quoted(**kind)
                 + "; it must be complete, retry, fail, dead or reschedule");
  for (const auto& member : *from) {
    std::string_view key{member.key().data(), member.key().size()};
    auto allowed = key == "result";
    for (auto each : known->second)
      allowed = allowed || key == each;
    if (!allowed)
      return fault(quoted(key) + " does not go with the result " + **kind);
  }
  return outcome_of(**kind, *from);
}

} // namespace callboard::app
