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

void parse_file(const object_reader& file, settings& to) {
  if (auto at = file.require("database"))
    parse_database(*at, to);
  if (auto at = file.find("queues"))
    parse_queues(*at, to);
  if (auto at = file.find("http"))
    parse_listener(*at, to);
  if (auto at = file.find("node"))
    parse_node(*at, to);
  if (auto at = file.find("log"))
    parse_log(*at, to);
  file.read("shutdown_grace", to.node.shutdown_grace);
}

} // namespace

load_result parse(std::string_view text, const std::string& base_directory,
                  const environment& variables) {
  auto parsed = parse_json(text);
  if (auto fault = std::get_if<syntax_fault>(&parsed))
    return std::vector<problem>{{"", fault->message}};
  reading all{variables, base_directory, {}};
  cursor root{all, std::get<json_value>(parsed), ""};
  settings out;
  out.source = text;
  out.base_directory = base_directory;
  report_duplicates(root);
  parse_file({root, objects::file}, out);
  if (!all.problems.empty())
    return all.problems.sorted();
  return out;
}

} // namespace callboard::config
