#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string_view>

namespace callboard::store {

/// A named piece of SQL that several statements share. `@` in its text stands
/// for the argument of the placeholder.
struct fragment {
  std::string_view name;
  std::string_view text;
};

/// The text of a statement, as long as the program runs. Its address names it.
template <std::size_t Size>
struct statement {
  char text[Size + 1]{};

  constexpr operator const char*() const { return text; }
};

/// A string literal as a template argument.
template <std::size_t Size>
struct literal {
  char text[Size]{};

  constexpr literal(const char (&from)[Size]) { std::copy_n(from, Size, text); }
  constexpr std::string_view view() const { return {text, Size - 1}; }
};

/// Where `c` stands first; the size when it doesn't. (GCC 12 takes
/// `string_view::find` for no constant expression under UBSan.)
constexpr std::size_t place_of(char c, std::string_view text) {
  return static_cast<std::size_t>(std::find(text.begin(), text.end(), c)
                                  - text.begin());
}

/// Writes `text` and in the place of each `{name}` or `{name argument}` the
/// fragment of that name, which may hold placeholders itself (without `@`).
/// An unknown name or a lost brace doesn't compile, or is thrown.
template <class Fragments, class Write>
constexpr void expand(std::string_view text, const Fragments& fragments,
                      Write& write, std::string_view argument = {}) {
  while (!text.empty()) {
    auto plain = std::min(text.find_first_of("{}@"), text.size());
    for (char c : text.substr(0, plain))
      write(c);
    text.remove_prefix(plain);
    if (text.empty())
      return;
    if (text.front() == '@') {
      for (char c : argument)
        write(c);
      text.remove_prefix(1);
      continue;
    }
    auto end = place_of('}', text);
    if (text.front() != '{' || end == text.size())
      throw std::invalid_argument{"a brace of a statement is lost"};
    auto inside = text.substr(1, end - 1);
    auto space = place_of(' ', inside);
    auto named = std::find_if(
        std::begin(fragments), std::end(fragments),
        [&](const fragment& x) { return x.name == inside.substr(0, space); });
    if (named == std::end(fragments))
      throw std::invalid_argument{"a fragment of a statement is unknown"};
    auto rest = inside.substr(std::min(space + 1, inside.size()));
    expand(named->text, fragments, write, rest);
    text.remove_prefix(end + 1);
  }
}

/// A statement that is complete when the program starts.
template <literal Text, const auto& Fragments>
consteval auto expanded() {
  constexpr auto size = [] {
    std::size_t count = 0;
    auto measure = [&](char) {
      ++count;
    };
    expand(Text.view(), Fragments, measure);
    return count;
  }();
  statement<size> made;
  auto* to = made.text;
  auto append = [&](char c) {
    *to++ = c;
  };
  expand(Text.view(), Fragments, append);
  return made;
}

} // namespace callboard::store
