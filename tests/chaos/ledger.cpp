#include "tests/chaos/ledger.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <vector>

namespace callboard::chaos {

namespace {

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    auto end = text.find(' ');
    words.push_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  }
  return words;
}

template <class T>
bool read(std::string_view word, T& into) {
  auto end = word.data() + word.size();
  auto [at, problem] = std::from_chars(word.data(), end, into);
  return problem == std::errc{} && at == end;
}

[[noreturn]] void give_up(const char* why) {
  std::perror(why);
  _exit(70);
}

const char* variable(const char* name) {
  auto value = std::getenv(name);
  if (value == nullptr)
    give_up(name);
  return value;
}

int open_ledger() {
  int file = open(variable("CHAOS_LEDGER"),
                  O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0)
    give_up("can't open the ledger");
  return file;
}

} // namespace

micros present() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch())
      .count();
}

std::string to_text(const plan& what) {
  return std::to_string(what.milliseconds) + " " + std::to_string(what.failures)
         + " " + std::to_string(what.steps);
}

std::optional<plan> parse_plan(std::string_view text) {
  auto words = words_of(text);
  plan found;
  if (words.size() != 3 || !read(words[0], found.milliseconds)
      || !read(words[1], found.failures) || !read(words[2], found.steps))
    return std::nullopt;
  return found;
}

std::string to_text(const ledger_line& what) {
  std::ostringstream line;
  line << (what.begins ? "begin " : "end ") << what.at << ' ' << what.id << ' '
       << what.fence << ' ' << what.attempt << ' ' << what.steps << ' '
       << what.life << ' ' << what.result << '\n';
  return line.str();
}

std::optional<ledger_line> parse_ledger_line(std::string_view line) {
  auto words = words_of(line);
  ledger_line found;
  if (words.size() != 8 || (words[0] != "begin" && words[0] != "end")
      || !read(words[1], found.at) || !read(words[3], found.fence)
      || !read(words[4], found.attempt) || !read(words[5], found.steps))
    return std::nullopt;
  found.begins = words[0] == "begin";
  found.id = words[2];
  found.life = words[6];
  found.result = words[7];
  return found;
}

void write_down(ledger_line what) {
  static const int file = open_ledger();
  static const std::string life = variable("CHAOS_LIFE");
  what.life = life;
  what.at = present();
  auto text = to_text(what);
  if (write(file, text.data(), text.size())
      != static_cast<ssize_t>(text.size()))
    give_up("can't write to the ledger");
}

} // namespace callboard::chaos
