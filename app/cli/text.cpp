#include "app/cli/text.hpp"

#include "store/model/text.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>

namespace callboard::app {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view hex = "0123456789abcdef";

void append_escaped(std::string& to, unsigned char c) {
  switch (c) {
  case '\n':
    to += "\\n";
    return;
  case '\r':
    to += "\\r";
    return;
  case '\t':
    to += "\\t";
    return;
  default:
    to += "\\x";
    to += hex[c >> 4];
    to += hex[c & 15];
  }
}

bool is_control(unsigned char c) {
  return c < 0x20 || c == 0x7f;
}

/// Two units of a span: "3 m 20 s".
std::string two(std::int64_t big, const char* big_unit, std::int64_t small,
                const char* small_unit) {
  auto text = std::to_string(big) + " " + big_unit;
  if (small != 0)
    text += " " + std::to_string(small) + " " + small_unit;
  return text;
}

} // namespace

std::string printable(std::string_view text) {
  // NUL is a control character here, not ill-formed.
  std::string bytes;
  bytes.reserve(text.size());
  for (unsigned char c : text) {
    if (is_control(c))
      append_escaped(bytes, c);
    else
      bytes += static_cast<char>(c);
  }
  auto clean = storable_text(bytes, std::numeric_limits<std::size_t>::max());
  // The C1 controls (U+0080 to U+009F) act on some terminals, too.
  std::string out;
  out.reserve(clean.size());
  for (std::size_t i = 0; i < clean.size(); ++i) {
    auto c = static_cast<unsigned char>(clean[i]);
    if (c == 0xc2 && i + 1 < clean.size()
        && static_cast<unsigned char>(clean[i + 1]) < 0xa0)
      append_escaped(out, static_cast<unsigned char>(clean[++i]));
    else
      out += clean[i];
  }
  return out;
}

std::string headline(std::string_view text, std::size_t width) {
  auto end = text.find_first_of("\r\n");
  bool cut = end != std::string_view::npos;
  auto line = printable(cut ? text.substr(0, end) : text);
  if (shown_width(line) <= width)
    return line;
  std::size_t shown = 0;
  std::size_t i = 0;
  for (; i < line.size(); ++i) {
    bool starts = (static_cast<unsigned char>(line[i]) & 0xc0) != 0x80;
    if (starts && shown++ == width - 1)
      break;
  }
  return line.substr(0, i) + "…";
}

std::size_t shown_width(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(),
                    [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

std::string show_span(duration span) {
  if (span < 0us)
    return "-" + show_span(-span);
  auto us = span.count();
  char text[32];
  if (span < 1ms) {
    std::snprintf(text, sizeof text, "%lld us", static_cast<long long>(us));
  } else if (span < 1s) {
    std::snprintf(text, sizeof text, "%lld ms",
                  static_cast<long long>(us / 1000));
  } else if (span < 60s) {
    std::snprintf(text, sizeof text, "%.1f s",
                  static_cast<double>(us / 100000) / 10);
  } else {
    auto s = us / 1'000'000;
    if (span < 1h)
      return two(s / 60, "m", s % 60, "s");
    if (span < 24h)
      return two(s / 3600, "h", s / 60 % 60, "m");
    return two(s / 86400, "d", s / 3600 % 24, "h");
  }
  return text;
}

std::string show_due(time_point moment, time_point now) {
  auto left = moment - now;
  if (left > 0us)
    return "in " + show_span(left);
  return left > -1s ? "now" : show_span(-left) + " ago";
}

std::string show_moment(time_point moment) {
  auto day = std::chrono::floor<std::chrono::days>(moment);
  std::chrono::year_month_day date{day};
  auto rest = (moment - day).count();
  char text[64];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(rest / 3'600'000'000),
      static_cast<int>(rest / 60'000'000 % 60),
      static_cast<int>(rest / 1'000'000 % 60),
      static_cast<int>(rest % 1'000'000));
  return text;
}

std::string show_number(std::int64_t number) {
  auto text = std::to_string(number);
  auto first = text.front() == '-' ? std::size_t{1} : std::size_t{0};
  for (auto i = text.size(); i > first + 3;)
    text.insert(i -= 3, ",");
  return text;
}

std::string hex_dump(std::string_view bytes, std::size_t limit) {
  auto shown = bytes.substr(0, limit);
  std::string out;
  for (std::size_t start = 0; start < shown.size(); start += 16) {
    auto row = shown.substr(start, 16);
    char offset[32];
    std::snprintf(offset, sizeof offset, "%08zx ", start);
    out += offset;
    std::string beside;
    for (unsigned char c : row) {
      out += {' ', hex[c >> 4], hex[c & 15]};
      beside += c < 0x20 || c > 0x7e ? '.' : static_cast<char>(c);
    }
    out.append((16 - row.size()) * 3 + 2, ' ');
    out += beside + "\n";
  }
  return out;
}

} // namespace callboard::app
