#include "config/parse.hpp"

#include "config/json_parser.hpp"
#include "config/object_reader.hpp"

#include <set>
#include <utility>

namespace callboard::config {

namespace {

// Two members of one name: everywhere, also in objects whose keys are free.
void report_duplicates(const cursor& at) {
  if (auto object = at.value().as<json_value::object>()) {
    std::set<std::string_view> seen;
    for (auto& member : *object) {
      if (!seen.insert(member.key).second)
        at.child(member).report("stands twice in this object; keep one");
      report_duplicates(at.child(member));
    }
  } else if (auto list = at.value().as<json_value::list>()) {
    for (std::size_t i = 0; i < list->size(); ++i)
      report_duplicates(at.child(i, (*list)[i]));
  }
}

void refuse_database(const object_reader& file) {
  if (auto at = file.find("database"))
    at->report("a performer has no database of its own; leave this out, or "
               "take part as a full node: without node.join, by `callboard "
               "run`");
}

void check_performers(const object_reader& file, const settings& from) {
  auto queues = file.find("queues");
  for (std::size_t i = 0; i < from.queues.size(); ++i) {
    if (!from.queues[i].performers)
      continue;
    auto at = queues->child(i, (*queues->value().as<json_value::list>())[i])
                  .member("performers");
    if (from.join)
      at->report("is for the file of a full node; a performer has the types");
    else if (!from.node.cluster)
      at->report("needs node.listen, or no performer can reach this node");
  }
}

void parse_file(const object_reader& file, purpose what, settings& to) {
  if (what == purpose::perform)
    to.join.emplace();
  if (auto at = file.find("node"))
    parse_node(*at, to);
  if (to.join)
    refuse_database(file);
  else if (auto at = file.require("database"))
    parse_database(*at, to);
  if (auto at = file.find("queues"))
    parse_queues(*at, to);
  if (auto at = file.find("http"))
    parse_listener(*at, to);
  check_performers(file, to);
  if (auto at = file.find("log"))
    parse_log(*at, to);
  file.read("shutdown_grace", to.node.shutdown_grace);
}

} // namespace

load_result parse(std::string_view text, const std::string& base_directory,
                  const environment& variables, purpose what) {
  auto parsed = parse_json(text);
  if (auto fault = std::get_if<syntax_fault>(&parsed))
    return std::vector<problem>{{"", fault->message}};
  reading all{variables, base_directory, {}};
  cursor root{all, std::get<json_value>(parsed), ""};
  settings out;
  out.source = text;
  out.base_directory = base_directory;
  report_duplicates(root);
  parse_file({root, objects::file}, what, out);
  if (!all.problems.empty())
    return all.problems.sorted();
  return out;
}

} // namespace callboard::config
