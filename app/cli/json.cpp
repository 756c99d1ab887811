#include "app/cli/json.hpp"

#include "app/cli/base64.hpp"
#include "app/cli/text.hpp"
#include "store/model/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <ostream>

namespace callboard::app {

namespace json = boost::json;

namespace {

double seconds(duration span) {
  return std::chrono::duration<double>(span).count();
}

void add_job(json::object& to, const job& what) {
  to["id"] = what.id;
  to["queue"] = what.queue;
  to["type"] = what.type;
  to["request_id"] = what.request_id;
  to["attempt"] = what.attempt;
  to["max_attempts"] = what.max_attempts;
  to["timeout_seconds"] = seconds(what.timeout);
  to["priority"] = what.priority;
  to["run_at"] = show_moment(what.run_at);
  to["created_at"] = show_moment(what.created_at);
  if (what.last_error.empty())
    to["last_error"] = nullptr;
  else
    to["last_error"] = what.last_error;
}

void add_arg(json::object& to, const std::string& arg) {
  if (is_storable_text(arg))
    to["arg"] = arg;
  else
    to["arg_base64"] = to_base64(arg);
}

json::object to_json(const capped_count& what) {
  return {{"value", what.value}, {"at_least", what.at_least}};
}

json::object to_json(const node_queue& what) {
  return {{"queue", what.queue},
          {"slots", what.concurrency},
          {"running", what.running},
          {"performed", what.performed},
          {"failed", what.failed},
          {"per_second", static_cast<double>(what.per_second_milli) / 1000}};
}

} // namespace

json::object to_json(const job_info& what, bool with_arg) {
  json::object out;
  add_job(out, what.value);
  out["state"] = to_string(what.state);
  out["fence"] = what.fence;
  out["crashes"] = what.crashes;
  out["cancelled"] = what.cancelled;
  if (what.node.empty())
    out["node"] = nullptr;
  else
    out["node"] = what.node;
  out["updated_at"] = show_moment(what.updated_at);
  if (with_arg)
    add_arg(out, what.value.arg);
  return out;
}

json::object to_json(const dead_letter& what, bool with_arg) {
  json::object out;
  out["number"] = what.sequence;
  add_job(out, what.value);
  out["died_at"] = show_moment(what.died_at);
  if (with_arg)
    add_arg(out, what.value.arg);
  return out;
}

json::object to_json(const queue_counts& what) {
  json::object out{{"queue", what.queue},
                   {"waiting", to_json(what.waiting)},
                   {"delayed", to_json(what.delayed)},
                   {"running", to_json(what.running)},
                   {"suspect", to_json(what.suspect)},
                   {"dead", to_json(what.dead)},
                   {"oldest_due_seconds", nullptr}};
  if (what.oldest_due)
    out["oldest_due_seconds"] = seconds(*what.oldest_due);
  return out;
}

json::object to_json(const node_info& what, time_point now) {
  json::array queues;
  for (const auto& each : what.queues)
    queues.push_back(to_json(each));
  return {{"name", what.name},
          {"incarnation", what.id},
          {"alive", what.alive},
          {"address", what.address},
          {"knows_schema", what.knows},
          {"started_at", show_moment(what.started_at)},
          {"seen_seconds_ago", seconds(now - what.seen_at)},
          {"queues", std::move(queues)}};
}

void print(std::ostream& out, const json::value& document) {
  out << json::serialize(document) << '\n';
}

} // namespace callboard::app
