#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/table.hpp"
#include "app/cli/text.hpp"

#include <ostream>

namespace callboard::app {

namespace {

void print_steps(const schema_status& schema, console& io) {
  table steps{{"STEP", "NAME", "APPLIED"}};
  steps.right(0);
  for (const auto& each : schema.steps)
    steps.add({std::to_string(each.version), printable(each.name),
               each.applied_at ? show_moment(*each.applied_at) : "no"});
  steps.print(io.out, io.colours);
}

exit_code show_status(const migrate_command& what, const database_ptr& db,
                      console& io) {
  auto schema = db->schema();
  if (!schema)
    return complain_about(io, schema.error(), what.config);
  print_steps(*schema, io);
  auto versions = "version " + std::to_string(schema->version);
  if (schema->version == schema->required) {
    note(io, db->name() + ": the tables are current, " + versions);
    return exit_code::done;
  }
  auto needed = ", this program needs " + std::to_string(schema->required);
  if (schema->version > schema->required)
    return complain(io,
                    db->name() + ": the tables have " + versions + needed
                        + "; install the newer Callboard",
                    exit_code::failed);
  return complain(io,
                  db->name() + ": the tables have " + versions + needed
                      + "; run: callboard migrate -c " + what.config,
                  exit_code::failed);
}

} // namespace

exit_code perform(const migrate_command& what, console& io) {
  auto loaded = load_settings(io, what.config);
  if (auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  const auto& settings = std::get<config::settings>(loaded);
  auto options = settings.database;
  options.must_exist = what.status;
  auto db = open(settings.database_url, options);
  if (what.status)
    return show_status(what, db, io);
  auto schema = db->migrate();
  if (!schema)
    return complain_about(io, schema.error(), what.config);
  print_steps(*schema, io);
  note(io, db->name() + ": the tables are at version "
               + std::to_string(schema->version));
  return exit_code::done;
}

} // namespace callboard::app
