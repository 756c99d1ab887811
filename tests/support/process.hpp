#pragma once

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callboard::test {

/// How a program is started.
struct start_options {
  /// Variables that are set beside the test's own environment.
  std::map<std::string, std::string> environment;
  /// Empty: the test's.
  std::string directory;
  /// The largest file that it may write, in bytes; 0: no limit.
  std::size_t file_limit = 0;
  /// The user id it runs as; 0: the test's.
  uid_t user = 0;
};

/// A program that a test runs, with pipes to all three streams. Everything
/// that waits has a deadline and waits by `poll`; a deadline that passes
/// throws, with all that the program said.
class process {
public:
  using seconds = std::chrono::seconds;

  /// Throws when the program can't be started.
  explicit process(std::vector<std::string> command,
                   start_options options = {});

  /// Kills it if it still runs.
  ~process();

  process(const process&) = delete;
  process& operator=(const process&) = delete;

  pid_t id() const noexcept { return id_; }

  void signal(int number) const;

  /// Writes to its standard input, reading meanwhile what it says.
  void write(std::string_view text);

  void close_input();

  /// Waits for the next line, of either stream, that contains `text`, and
  /// answers it. Passes over those before it in the same stream.
  std::string await_line(std::string_view text, seconds deadline = seconds{20});

  /// Closes its input and waits for its end. Its exit code, or minus the
  /// signal that ended it.
  int wait(seconds deadline = seconds{20});

  /// All that it has said, as far as a wait has read it.
  const std::string& out() const noexcept { return out_.text; }
  const std::string& err() const noexcept { return err_.text; }

private:
  struct stream {
    int pipe = -1;
    std::string text;
    /// Up to where `await_line` has looked.
    std::size_t seen = 0;
  };

  /// Waits until the program says something or what `also` wants happens, and
  /// reads; false when the deadline passed.
  bool pump(std::chrono::steady_clock::time_point deadline, pollfd also);
  void read_on();
  static bool drain(stream& from);
  static std::string next_line(stream& from, std::string_view text);
  [[noreturn]] void give_up(const std::string& what) const;

  std::string name_;
  pid_t id_ = -1;
  int end_ = -1;
  int input_ = -1;
  stream out_;
  stream err_;
  bool ended_ = false;
};

/// What a program that has ended left behind.
struct finished {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs a program to its end with `input` on its standard input.
finished run(std::vector<std::string> command, std::string_view input = {},
             start_options options = {});

} // namespace callboard::test
