#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/text.hpp"

#include <unistd.h>

#include <algorithm>
#include <functional>
#include <ostream>
#include <set>
#include <string_view>

namespace callboard::app {

namespace {

constexpr std::size_t batch_size = 1000;

using change = std::function<result<std::size_t>(const dead_filter&)>;

/// What became of the dead letters that were chosen, and of how many ids none
/// was changed.
struct counts {
  std::size_t changed = 0;
  std::size_t left_alone = 0;
};

/// Applies `act` page by page to the dead letters of `filter` that died before
/// `start`: a job that is retried and dies again while this runs must not be
/// retried without end.
result<void> change_all(job_store& store, dead_filter filter, time_point start,
                        const change& act, counts& to) {
  filter.limit = batch_size;
  for (;;) {
    auto page = store.dead_list(filter, false);
    if (!page)
      return page.error();
    auto end = std::find_if(page->begin(), page->end(), [&](const auto& each) {
      return each.died_at > start;
    });
    if (end == page->begin())
      return {};
    bool last = end != page->end() || page->size() < batch_size;
    filter.limit = static_cast<std::size_t>(end - page->begin());
    auto count = act(filter);
    if (!count)
      return count.error();
    to.changed += *count;
    // Of several with one id only the newest comes back.
    std::set<std::string_view> ids;
    for (auto each = page->begin(); each != end; ++each)
      ids.insert(each->value.id);
    to.left_alone += ids.size() - std::min(ids.size(), *count);
    if (last)
      return {};
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

/// The whole of a command: it went well for `one`, such as "was deleted", or
/// `many`.
exit_code change_letters(connection& db, const std::string& file,
                         const dead_filter& filter, const change& act,
                         const std::string& one, const std::string& many,
                         counts& seen, console& io) {
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
    if (auto done = change_all(store, part, *start, act, seen); !done)
      return complain_about(io, done.error(), file);
  }
  io.out << seen.changed << '\n';
  note(io, show_number(static_cast<std::int64_t>(seen.changed))
               + (seen.changed == 1 ? " dead letter " + one
                                    : " dead letters " + many));
  return code;
}

std::string describe(const dead_filter& filter) {
  if (filter.ids.size() == 1)
    return "the id '" + filter.ids.front() + "'";
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
  counts seen;
  auto code = change_letters(db, what.config, what.filter, act, "went back",
                             "went back", seen, io);
  if (seen.left_alone == 0)
    return code;
  note(io, show_number(static_cast<std::int64_t>(seen.left_alone))
               + (seen.left_alone == 1
                      ? " stayed where it is, because a job with its id is"
                        " stored"
                      : " stayed where they are, because jobs with their ids"
                        " are stored"));
  return code == exit_code::done ? exit_code::conflict : code;
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
  counts seen;
  return change_letters(db, what.config, what.filter, act, "was deleted",
                        "were deleted", seen, io);
}

} // namespace callboard::app
