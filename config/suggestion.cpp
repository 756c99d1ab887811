#include "config/suggestion.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

namespace callboard::config {

namespace {

// "pollInterval", "poll-interval" and "poll_interval" are the same.
std::string folded(std::string_view text) {
  std::string out;
  for (auto x : text) {
    if (x >= 'A' && x <= 'Z')
      out += static_cast<char>(x - 'A' + 'a');
    else if (x != '_' && x != '-')
      out += x;
  }
  return out;
}

// Letters to insert, delete, replace or swap with their neighbour.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

} // namespace

std::optional<std::string_view>
suggestion(std::string_view typed, std::span<const std::string_view> words) {
  // Nobody means a short word by a long text.
  if (typed.size() > 64)
    return std::nullopt;
  auto meant = folded(typed);
  std::optional<std::string_view> best;
  std::size_t fewest = 0;
  for (auto word : words) {
    auto errors = distance(meant, folded(word));
    if (errors <= word.size() / 3 && (!best || errors < fewest)) {
      best = word;
      fewest = errors;
    }
  }
  return best;
}

} // namespace callboard::config
