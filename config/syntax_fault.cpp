#include "config/syntax_fault.hpp"

#include "store/model/text.hpp"

#include <algorithm>

namespace callboard::config {

namespace {

constexpr std::string_view blank = " \t\r\n";

// "line 3, column 5: ", both from 1; columns are characters.
std::string position(std::string_view text, std::size_t offset) {
  auto before = text.substr(0, offset);
  auto line = std::ranges::count(before, '\n') + 1;
  auto last_line = before.substr(before.rfind('\n') + 1);
  auto column = 1 + std::ranges::count_if(last_line, [](char x) {
                  return (static_cast<unsigned char>(x) & 0xc0) != 0x80;
                });
  return "line " + std::to_string(line) + ", column " + std::to_string(column)
         + ": ";
}

// Why there is no JSON at `offset`, as far as one can guess.
std::string reason(std::string_view text, std::size_t offset) {
  auto here = text.substr(offset);
  auto before = text.substr(0, offset);
  auto last = before.find_last_not_of(blank);
  auto previous = last == before.npos ? '\0' : before[last];
  if (here.starts_with("//") || here.starts_with("/*") || here.starts_with('#'))
    return "comments are not allowed in JSON; remove it";
  if ((here.starts_with('}') || here.starts_with(']')) && previous == ',')
    return "a comma stands before the end of the object or list; remove it";
  if (here.starts_with('\''))
    return "strings stand in double quotes, not in single ones";
  if (here.starts_with('\n') || here.starts_with('\r')
      || here.starts_with('\t'))
    return "a string must end on its line and holds no tabs; write \\n and \\t";
  if (here.starts_with('"'))
    return "a comma or colon is missing before this string";
  if (here.starts_with('{') || here.starts_with('['))
    return "a comma or colon is missing before this bracket";
  return "this is no JSON here";
}

} // namespace

std::optional<syntax_fault> text_fault(std::string_view text) {
  if (text.find_first_not_of(blank) == text.npos)
    return syntax_fault{R"(the file is empty; it must hold an object with )"
                        R"("database" and "queues")"};
  if (text.starts_with("\xEF\xBB\xBF"))
    return syntax_fault{"the file begins with a byte order mark; save it as "
                        "UTF-8 without one"};
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return syntax_fault{"the file is UTF-16; save it as UTF-8"};
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = std::min(text.find('\n', begin), text.size());
    if (!is_storable_text(text.substr(begin, end - begin)))
      return syntax_fault{
          "line "
          + std::to_string(1 + std::ranges::count(text.substr(0, begin), '\n'))
          + ": the file must be UTF-8 text without NUL; this "
            "line is not"};
    begin = end + 1;
  }
  return std::nullopt;
}

syntax_fault json_fault(std::string_view text, std::size_t offset,
                        bool too_deep) {
  auto where = position(text, offset);
  if (too_deep)
    return {where + "brackets are nested more than 32 deep"};
  auto rest = text.substr(offset);
  if (rest.find_first_not_of(blank) == rest.npos)
    return {where
            + "the file ends too early; a bracket or quote is not "
              "closed"};
  return {where + reason(text, offset)};
}

} // namespace callboard::config
