#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/remote.hpp"

#include <algorithm>
#include <functional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

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

exit_code tell(const std::vector<std::string>& ids,
               const std::vector<cancel_answer>& answers, console& io,
               const std::function<exit_code(const std::string&)>& explain) {
  auto worst = exit_code::done;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (answers[i] == cancel_answer::unknown)
      worst = std::max(worst, explain(ids[i]));
    else
      io.out << ids[i]
             << (answers[i] == cancel_answer::removed ? " removed\n"
                                                      : " asked\n");
  }
  return worst;
}

/// A job can be removed once only.
std::vector<std::string> each_once(const std::vector<std::string>& ids) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const auto& id : ids)
    if (seen.insert(id).second)
      out.push_back(id);
  return out;
}

exit_code cancel_by_node(const cancel_command& what, console& io) {
  auto reached = reach(io, what.via);
  if (auto* code = std::get_if<exit_code>(&reached))
    return *code;
  auto& node = *std::get<std::unique_ptr<remote_client>>(reached);
  auto answers = node.try_cancel(what.ids);
  if (!answers)
    return complain(io, answers.error());
  return tell(what.ids, *answers, io, [&](const std::string& id) {
    return complain(io,
                    "no job has the id '" + id
                        + "'; it may have been performed already, or be a "
                          "dead letter",
                    exit_code::failed);
  });
}

} // namespace

exit_code perform(const cancel_command& given, console& io) {
  auto what = given;
  what.ids = each_once(given.ids);
  if (!what.via.nodes.empty())
    return cancel_by_node(what, io);
  auto connected = connect(io, what.config, access::existing);
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto& store = *std::get<connection>(connected).store;
  auto answers = store.cancel(what.ids);
  if (!answers)
    return complain_about(io, answers.error(), what.config);
  return tell(what.ids, *answers, io,
              [&](const std::string& id) { return explain(store, id, io); });
}

} // namespace callboard::app
