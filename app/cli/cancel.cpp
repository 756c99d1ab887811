#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"

#include <algorithm>
#include <ostream>

namespace callboard::app {

namespace {

/// Why there was nothing to cancel.
exit_code explain(job_store& store, const std::string& id, console& io) {
  auto found = store.find(id);
  if (!found)
    return complain(io, found.error());
  if (*found && (*found)->state == job_state::dead)
    return complain(io,
                    "job '" + id
                        + "' is a dead letter; remove it with: callboard dead"
                          " purge "
                        + id,
                    exit_code::conflict);
  return complain(
      io, "no job has the id '" + id + "'; it may have been performed already",
      exit_code::failed);
}

} // namespace

exit_code perform(const cancel_command& what, console& io) {
  auto connected = connect(io, what.config, access::existing);
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto& store = *std::get<connection>(connected).store;
  auto answers = store.cancel(what.ids);
  if (!answers)
    return complain_about(io, answers.error(), what.config);
  auto worst = exit_code::done;
  for (std::size_t i = 0; i < what.ids.size(); ++i) {
    const auto& id = what.ids[i];
    if ((*answers)[i] == cancel_answer::unknown)
      worst = std::max(worst, explain(store, id, io));
    else
      io.out << id
             << ((*answers)[i] == cancel_answer::removed ? " removed\n"
                                                         : " asked\n");
  }
  return worst;
}

} // namespace callboard::app
