#include "config/problem_list.hpp"

#include <algorithm>
#include <utility>

namespace callboard::config {

void problem_list::add(std::size_t order, std::string pointer,
                       std::string message) {
  entries_.push_back({order, {std::move(pointer), std::move(message)}});
}

std::vector<problem> problem_list::sorted() const {
  auto entries = entries_;
  std::ranges::stable_sort(entries, {}, &entry::order);
  std::vector<problem> out;
  for (auto& each : entries)
    out.push_back(std::move(each.what));
  return out;
}

std::string to_string(const problem& what, std::string_view file) {
  std::string out{file};
  out += ": ";
  if (!what.pointer.empty())
    out += what.pointer + ": ";
  return out + what.message;
}

} // namespace callboard::config
