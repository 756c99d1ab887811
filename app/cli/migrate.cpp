#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/json.hpp"
#include "app/cli/table.hpp"
#include "app/cli/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <ostream>
#include <utility>

namespace callboard::app {

namespace {

bool usable(const schema_status& schema) {
  return schema.version >= schema.required && schema.needs <= schema.required;
}

void print_steps(const schema_status& schema, console& io) {
  table steps{{"STEP", "NAME", "APPLIED", "NEEDS"}};
  steps.right(0);
  steps.right(3);
  for (const auto& each : schema.steps)
    steps.add({std::to_string(each.version), printable(each.name),
               each.applied_at ? show_moment(*each.applied_at) : "no",
               std::to_string(each.needs)});
  steps.print(io.out, io.colours);
}

void show_schema(const migrate_command& what, const schema_status& schema,
                 console& io) {
  if (!what.json)
    return print_steps(schema, io);
  namespace json = boost::json;
  json::array steps;
  for (const auto& each : schema.steps) {
    json::object step{{"version", each.version},
                      {"name", each.name},
                      {"applied_at", nullptr},
                      {"needs", each.needs}};
    if (each.applied_at)
      step["applied_at"] = show_moment(*each.applied_at);
    steps.push_back(std::move(step));
  }
  print(io.out, json::object{{"version", schema.version},
                             {"needs", schema.needs},
                             {"known", schema.required},
                             {"usable", usable(schema)},
                             {"steps", std::move(steps)}});
}

exit_code tell_versions(const migrate_command& what,
                        const schema_status& schema, const std::string& name,
                        console& io) {
  auto tables
      = name + ": the tables have version " + std::to_string(schema.version);
  auto known = std::to_string(schema.required);
  if (schema.version < schema.required)
    return complain(io,
                    tables + ", this program needs " + known
                        + "; run: callboard migrate -c " + what.config,
                    exit_code::failed);
  if (!usable(schema))
    return complain(io,
                    tables + " and need a program that knows version "
                        + std::to_string(schema.needs) + ", this one knows "
                        + known + "; install the newer Callboard",
                    exit_code::failed);
  if (schema.version > schema.required)
    note(io,
         tables + ", this program knows " + known + " and can work with them");
  else
    note(io, name + ": the tables are current, version " + known);
  return exit_code::done;
}

} // namespace

exit_code perform(const migrate_command& what, console& io) {
  auto loaded = load_shared_settings(io, what.config);
  if (auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  const auto& settings = std::get<config::settings>(loaded);
  auto options = settings.database;
  options.must_exist = what.status;
  options.migrate_anyway = what.force;
  auto db = open(settings.database_url, options);
  auto schema = what.status ? db->schema() : db->migrate();
  if (!schema)
    return complain_about(io, schema.error(), what.config);
  show_schema(what, *schema, io);
  return tell_versions(what, *schema, db->name(), io);
}

} // namespace callboard::app
