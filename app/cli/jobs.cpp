#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/json.hpp"
#include "app/cli/table.hpp"
#include "app/cli/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <ostream>

namespace callboard::app {

namespace {

std::string attempt_of(const job& what) {
  auto text = std::to_string(what.attempt);
  return what.max_attempts == 0
             ? text
             : text + "/" + std::to_string(what.max_attempts);
}

void print_table(const std::vector<job_info>& jobs, time_point now,
                 console& io) {
  constexpr std::size_t error_width = 50;
  table rows{{"ID", "QUEUE", "TYPE", "STATE", "ATTEMPT", "DUE", "LAST ERROR"}};
  rows.right(4);
  for (const auto& each : jobs) {
    bool waits = each.state == job_state::waiting
                 || each.state == job_state::delayed
                 || each.state == job_state::suspect;
    rows.add({printable(each.value.id), printable(each.value.queue),
              printable(each.value.type), to_string(each.state),
              attempt_of(each.value),
              waits ? show_due(each.value.run_at, now) : "",
              headline(each.value.last_error, error_width)});
  }
  rows.print(io.out, io.colours);
}

} // namespace

exit_code perform(const jobs_command& what, console& io) {
  auto connected = connect(io, what.config, access::existing);
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto& store = *std::get<connection>(connected).store;
  auto jobs = store.list(what.filter, false);
  if (!jobs)
    return complain_about(io, jobs.error(), what.config);
  auto now = store.now();
  if (!now)
    return complain_about(io, now.error(), what.config);
  bool full = jobs->size() == what.filter.limit;
  if (what.json) {
    boost::json::array all;
    for (const auto& each : *jobs)
      all.push_back(to_json(each, false));
    print(io.out,
          boost::json::object{{"jobs", std::move(all)}, {"more", full}});
    return exit_code::done;
  }
  print_table(*jobs, *now, io);
  if (full)
    note(io, "there may be more; go on with --after " + jobs->back().value.id);
  else if (jobs->empty())
    note(io, "no jobs");
  return exit_code::done;
}

} // namespace callboard::app
