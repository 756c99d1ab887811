#include "app/cli/table.hpp"

#include "app/cli/text.hpp"

#include <algorithm>
#include <cassert>
#include <ostream>
#include <utility>

namespace callboard::app {

std::string paint(bool colours, tint how, std::string_view text) {
  if (!colours || how == tint::plain)
    return std::string{text};
  static constexpr const char* codes[]
      = {"0", "1", "2", "31", "32", "33", "34", "36"};
  return "\x1b[" + std::string{codes[static_cast<std::size_t>(how)]} + "m"
         + std::string{text} + "\x1b[0m";
}

table::table(std::vector<std::string> head)
    : head_{std::move(head)}, right_(head_.size(), false) {}

void table::add(std::vector<std::string> row) {
  assert(row.size() == head_.size());
  rows_.push_back(std::move(row));
}

void table::right(std::size_t column) {
  right_.at(column) = true;
}

void table::print(std::ostream& out, bool colours) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < head_.size(); ++column) {
    auto width = shown_width(head_[column]);
    for (const auto& row : rows_)
      width = std::max(width, shown_width(row[column]));
    widths.push_back(width);
  }
  auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t column = 0; column < cells.size(); ++column) {
      std::string gap(widths[column] - shown_width(cells[column]), ' ');
      if (column != 0)
        text += "  ";
      text += right_[column] ? gap + cells[column] : cells[column] + gap;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  };
  out << paint(colours, tint::bold, line(head_)) << '\n';
  for (const auto& row : rows_)
    out << line(row) << '\n';
}

} // namespace callboard::app
