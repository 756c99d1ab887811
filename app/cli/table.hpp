#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::app {

/// The colours of a terminal, or nothing for each of them.
enum class tint { plain, bold, dim, red, green, yellow, blue, cyan };

/// `text` in a colour, when colours are wanted.
std::string paint(bool colours, tint how, std::string_view text);

/// Rows under a head, each column as wide as its widest cell. Cells must be
/// printable (see text.hpp).
class table {
public:
  explicit table(std::vector<std::string> head);

  /// One cell for each column.
  void add(std::vector<std::string> row);

  /// Columns that hold numbers stand to the right.
  void right(std::size_t column);

  bool empty() const noexcept { return rows_.empty(); }

  void print(std::ostream& out, bool colours) const;

private:
  std::vector<std::string> head_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace callboard::app
