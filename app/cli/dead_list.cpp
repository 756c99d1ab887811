#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/facts.hpp"
#include "app/cli/json.hpp"
#include "app/cli/table.hpp"
#include "app/cli/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <ostream>

namespace callboard::app {

namespace {

void print_table(const std::vector<dead_letter>& letters, time_point now,
                 console& io) {
  constexpr std::size_t error_width = 60;
  table rows{{"NUMBER", "ID", "QUEUE", "TYPE", "ATTEMPT", "DIED", "ERROR"}};
  rows.right(0);
  rows.right(4);
  for (const auto& each : letters)
    rows.add({std::to_string(each.sequence), printable(each.value.id),
              printable(each.value.queue), printable(each.value.type),
              std::to_string(each.value.attempt), show_due(each.died_at, now),
              headline(each.value.last_error, error_width)});
  rows.print(io.out, io.colours);
}

void print_letter(const dead_letter& what, console& io) {
  auto lines = facts_of(what.value);
  lines.insert(lines.begin(), {"number", std::to_string(what.sequence)});
  lines.emplace_back("died", show_moment(what.died_at));
  print_facts(lines, io);
  print_error_and_arg(what.value, io);
}

} // namespace

exit_code perform(const dead_list_command& what, console& io) {
  auto connected = connect(io, what.config, access::existing);
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto& store = *std::get<connection>(connected).store;
  auto letters = store.dead_list(what.filter, false);
  if (!letters)
    return complain_about(io, letters.error(), what.config);
  auto now = store.now();
  if (!now)
    return complain_about(io, now.error(), what.config);
  bool full = letters->size() == what.filter.limit;
  if (what.json) {
    boost::json::array all;
    for (const auto& each : *letters)
      all.push_back(to_json(each, false));
    print(io.out, boost::json::object{{"dead_letters", std::move(all)},
                                      {"more", full}});
    return exit_code::done;
  }
  print_table(*letters, *now, io);
  if (full)
    note(io, "there may be more; go on with --after "
                 + std::to_string(letters->back().sequence));
  else if (letters->empty())
    note(io, "no dead letters");
  return exit_code::done;
}

exit_code perform(const dead_show_command& what, console& io) {
  auto connected = connect(io, what.config, access::existing);
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto& store = *std::get<connection>(connected).store;
  auto letters = store.dead_list({.ids = {what.id}}, true);
  if (!letters)
    return complain_about(io, letters.error(), what.config);
  if (letters->empty())
    return complain(io, "no dead letter has the id '" + what.id + "'",
                    exit_code::failed);
  if (what.raw_arg) {
    io.out << letters->back().value.arg;
  } else if (what.json) {
    boost::json::array all;
    for (const auto& each : *letters)
      all.push_back(to_json(each, true));
    print(io.out, boost::json::object{{"dead_letters", std::move(all)}});
  } else {
    for (const auto& each : *letters) {
      if (&each != &letters->front())
        io.out << '\n';
      print_letter(each, io);
    }
  }
  return exit_code::done;
}

} // namespace callboard::app
