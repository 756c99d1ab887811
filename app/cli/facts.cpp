#include "app/cli/facts.hpp"

#include "app/cli/table.hpp"
#include "app/cli/text.hpp"
#include "config/duration.hpp"
#include "store/model/text.hpp"

#include <algorithm>
#include <ostream>

namespace callboard::app {

namespace {

constexpr std::size_t text_limit = 4096;
constexpr std::size_t dump_limit = 256;

/// `text` line by line, so that its line ends survive.
void print_lines(std::string_view text, console& io) {
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    io.out << "  " << printable(text.substr(0, end)) << '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

} // namespace

void print_facts(const facts& what, console& io) {
  std::size_t width = 0;
  for (const auto& [name, value] : what)
    width = std::max(width, shown_width(name));
  for (const auto& [name, value] : what) {
    std::string gap(width - shown_width(name) + 2, ' ');
    io.out << paint(io.colours, tint::bold, name) << gap << printable(value)
           << '\n';
  }
}

facts facts_of(const job& what) {
  facts out{{"id", what.id},
            {"queue", what.queue},
            {"type", what.type},
            {"request id", what.request_id},
            {"attempt", std::to_string(what.attempt)}};
  if (what.max_attempts != 0)
    out.back().second += " of " + std::to_string(what.max_attempts);
  if (what.timeout != duration{0})
    out.emplace_back("timeout", config::duration_text(what.timeout));
  out.emplace_back("priority", std::to_string(what.priority));
  out.emplace_back("enqueued", show_moment(what.created_at));
  out.emplace_back("run at", show_moment(what.run_at));
  return out;
}

void print_error_and_arg(const job& what, console& io) {
  if (!what.last_error.empty()) {
    io.out << paint(io.colours, tint::bold, "last error") << '\n';
    print_lines(what.last_error, io);
  }
  auto head = paint(io.colours, tint::bold, "arg");
  auto size = show_number(static_cast<std::int64_t>(what.arg.size()));
  if (what.arg.empty()) {
    io.out << head << " (empty)\n";
    return;
  }
  bool is_text = is_storable_text(what.arg);
  auto limit = is_text ? text_limit : dump_limit;
  io.out << head << " (" << size << " bytes"
         << (what.arg.size() > limit
                 ? ", the first " + std::to_string(limit) + "; all with --arg"
                 : "")
         << ")\n";
  if (is_text) {
    // Not in the middle of a character.
    while (limit < what.arg.size()
           && (static_cast<unsigned char>(what.arg[limit]) & 0xc0) == 0x80)
      --limit;
    print_lines(std::string_view{what.arg}.substr(0, limit), io);
  } else {
    io.out << hex_dump(what.arg, limit);
  }
}

} // namespace callboard::app
