#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/text.hpp"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <ostream>

namespace callboard::app {

namespace {

constexpr std::size_t batch_size = 1000;

using change = std::function<result<std::size_t>(const dead_filter&)>;

/// Applies `act` page by page to the dead letters of `filter` that died before
/// `start`: a job that is retried and dies again while this runs must not be
/// retried without end.
result<std::size_t> change_all(job_store& store, dead_filter filter,
                               time_point start, const change& act) {
  std::size_t changed = 0;
  filter.limit = batch_size;
  for (;;) {
    auto page = store.dead_list(filter, false);
    if (!page)
      return page.error();
    auto end = std::find_if(page->begin(), page->end(), [&](const auto& each) {
      return each.died_at > start;
    });
    if (end == page->begin())
      return changed;
    bool last = end != page->end() || page->size() < batch_size;
    filter.limit = static_cast<std::size_t>(end - page->begin());
    auto count = act(filter);
    if (!count)
      return count.error();
    changed += *count;
    if (last)
      return changed;
    filter.after = page->back().sequence;
    filter.limit = batch_size;
  }
}

/// Tells of ids without a dead letter; they change nothing for the others.
exit_code tell_missing(job_store& store, const std::vector<std::string>& ids,
                       console& io) {
  auto code = exit_code::done;
  for (const auto& id : ids) {
    auto found = store.dead_list({.ids = {id}, .limit = 1}, false);
    if (!found)
      return complain(io, found.error());
    if (found->empty())
      code = complain(io, "no dead letter has the id '" + id + "'",
                      exit_code::failed);
  }
  return code;
}

/// The whole of a command: `verb` is "went back" or "were deleted".
exit_code change_letters(connection& db, const std::string& file,
                         const dead_filter& filter, const change& act,
                         const std::string& verb, std::size_t& changed,
                         console& io) {
  auto& store = *db.store;
  auto start = store.now();
  if (!start)
    return complain_about(io, start.error(), file);
  auto code = tell_missing(store, filter.ids, io);
  for (std::size_t i = 0; i == 0 || i < filter.ids.size(); i += batch_size) {
    auto part = filter;
    auto last = std::min(i + batch_size, filter.ids.size());
    part.ids = {filter.ids.begin() + static_cast<std::ptrdiff_t>(i),
                filter.ids.begin() + static_cast<std::ptrdiff_t>(last)};
    auto count = change_all(store, part, *start, act);
    if (!count)
      return complain_about(io, count.error(), file);
    changed += *count;
  }
  io.out << changed << '\n';
  note(io, show_number(static_cast<std::int64_t>(changed)) + " dead letter"
               + (changed == 1 ? " " : "s ") + verb);
  return code;
}

std::string describe(const dead_filter& filter) {
  if (!filter.ids.empty())
    return "these " + std::to_string(filter.ids.size()) + " ids";
  if (!filter.queue && !filter.type)
    return "all queues";
  std::string text;
  if (filter.queue)
    text = "queue '" + *filter.queue + "'";
  if (filter.type)
    text += (text.empty() ? "type '" : ", type '") + *filter.type + "'";
  return text;
}

/// Asks on a terminal; reads one line.
bool confirmed(const dead_filter& filter, console& io) {
  io.err << "Delete the dead letters of " << printable(describe(filter))
         << " for ever? [y/N] " << std::flush;
  std::string answer;
  char c = 0;
  while (read(io.in, &c, 1) == 1 && c != '\n')
    answer += c;
  return answer == "y" || answer == "Y" || answer == "yes";
}

} // namespace

exit_code perform(const dead_retry_command& what, console& io) {
  auto connected = connect(io, what.config, access::existing);
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto& db = std::get<connection>(connected);
  auto act = [&db](const dead_filter& filter) {
    return db.store->dead_retry(filter);
  };
  std::size_t changed = 0;
  auto code = change_letters(db, what.config, what.filter, act, "went back",
                             changed, io);
  if (code == exit_code::done && changed < what.filter.ids.size())
    return complain(io,
                    "some stayed where they are, because a job with the same"
                    " id is stored",
                    exit_code::conflict);
  return code;
}

exit_code perform(const dead_purge_command& what, console& io) {
  if (!what.yes && !io.in_is_terminal)
    return complain(io,
                    "purge deletes for ever and nobody can be asked here; say"
                    " --yes",
                    exit_code::usage);
  if (!what.yes && !confirmed(what.filter, io))
    return complain(io, "nothing was deleted", exit_code::failed);
  auto connected = connect(io, what.config, access::existing);
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto& db = std::get<connection>(connected);
  auto act = [&db](const dead_filter& filter) {
    return db.store->dead_purge(filter);
  };
  std::size_t changed = 0;
  return change_letters(db, what.config, what.filter, act, "were deleted",
                        changed, io);
}

} // namespace callboard::app
