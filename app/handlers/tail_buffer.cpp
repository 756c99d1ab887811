#include "app/handlers/tail_buffer.hpp"

#include <algorithm>

namespace callboard::app {

namespace {

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

} // namespace

void tail_buffer::take(std::string_view bytes) {
  cut_ = cut_ || kept_.size() + bytes.size() > limit_;
  if (bytes.size() > limit_)
    bytes.remove_prefix(bytes.size() - limit_);
  kept_ += bytes;
  // Cut seldom, so that each byte is moved once on average.
  if (kept_.size() > 2 * limit_)
    kept_.erase(0, kept_.size() - limit_);
}

std::string tail_buffer::text() const {
  std::string_view end{kept_};
  if (cut_) {
    end.remove_prefix(end.size() - std::min(end.size(), limit_));
    for (int i = 0; i < 3 && !end.empty() && continues_character(end[0]); ++i)
      end.remove_prefix(1);
  }
  constexpr auto blanks = " \t\r\n";
  auto first = end.find_first_not_of(blanks);
  if (first == end.npos)
    return {};
  return std::string{
      end.substr(first, end.find_last_not_of(blanks) + 1 - first)};
}

} // namespace callboard::app
