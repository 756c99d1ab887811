#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"

#include <algorithm>
#include <ostream>

namespace callboard::app {

namespace {

/// Why `id` could not be removed.
exit_code explain(job_store& store, const std::string& id, console& io) {
  auto found = store.find(id);
  if (!found)
    return complain(io, found.error());
  if (!*found)
    return complain(io,
                    "no job has the id '" + id
                        + "'; it may have been performed already",
                    exit_code::failed);
  const auto& job = **found;
  switch (job.state) {
  case job_state::running:
    return complain(io,
                    "job '" + id + "' runs on node '" + job.node
                        + "'; only jobs that wait can be cancelled",
                    exit_code::conflict);
  case job_state::dead:
    return complain(io,
                    "job '" + id
                        + "' is a dead letter; remove it with: callboard dead"
                          " purge "
                        + id,
                    exit_code::conflict);
  default:
    return complain(
        io, "job '" + id + "' changed while it was to be cancelled; try again",
        exit_code::conflict);
  }
}

} // namespace

exit_code perform(const cancel_command& what, console& io) {
  auto connected = connect(io, what.config, access::existing);
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto& store = *std::get<connection>(connected).store;
  auto worst = exit_code::done;
  // One by one, to tell of each what became of it; nobody types thousands.
  for (const auto& id : what.ids) {
    auto removed = store.cancel({id});
    if (!removed)
      return complain_about(io, removed.error(), what.config);
    if (*removed != 0)
      io.out << id << '\n';
    else
      worst = std::max(worst, explain(store, id, io));
  }
  return worst;
}

} // namespace callboard::app
