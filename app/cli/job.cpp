#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/facts.hpp"
#include "app/cli/json.hpp"
#include "app/cli/text.hpp"

#include <boost/json/object.hpp>

#include <ostream>

namespace callboard::app {

namespace {

void print_job(const job_info& what, console& io) {
  auto lines = facts_of(what.value);
  lines.insert(lines.begin() + 1, {"state", to_string(what.state)});
  lines.emplace_back("changed", show_moment(what.updated_at));
  if (!what.node.empty())
    lines.emplace_back("node", what.node);
  lines.emplace_back("fence", std::to_string(what.fence));
  if (what.crashes != 0)
    lines.emplace_back("crashes", std::to_string(what.crashes));
  if (what.cancelled)
    lines.emplace_back("cancelled", "asked to stop");
  print_facts(lines, io);
  print_error_and_arg(what.value, io);
}

} // namespace

exit_code perform(const job_command& what, console& io) {
  auto connected = connect(io, what.config, access::existing);
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto found = std::get<connection>(connected).store->find(what.id);
  if (!found)
    return complain_about(io, found.error(), what.config);
  if (!*found)
    return complain(
        io, "no job has the id '" + what.id + "'; jobs go when they are done",
        exit_code::failed);
  const auto& job = **found;
  if (what.raw_arg)
    io.out << job.value.arg;
  else if (what.json)
    print(io.out, to_json(job, true));
  else
    print_job(job, io);
  return exit_code::done;
}

} // namespace callboard::app
