#pragma once

#include "tests/support/backends.hpp"
#include "tests/support/process.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::test {

/// Queues that most tests can use: mail with the types welcome (nothing),
/// flaky (fails twice), broken (dies at once), and gate (waits until the test
/// opens it).
extern const std::string mail_queue;

/// A folder with a config file for the real program, on a database of its own.
/// A test that makes one without a backend runs on SQLite and on PostgreSQL.
class scene {
public:
  explicit scene(std::unique_ptr<backend> db = every_shared_backend());

  /// Also ends programs that a daemon left behind at a closed gate.
  ~scene();

  scene(const scene&) = delete;
  scene& operator=(const scene&) = delete;

  /// Writes callboard.json, or another file, with these queues (a JSON list)
  /// and, after a comma, more keys.
  void configure(const std::string& queues = mail_queue,
                 const std::string& more = {},
                 const std::string& file = "callboard.json");

  /// The same with a database of the test's choice (JSON).
  void configure_database(const std::string& database);

  /// Writes any file of the folder.
  void write(const std::string& name, const std::string& text);

  /// The lines of a file of the folder; none when it is not there.
  std::vector<std::string> lines_of(const std::string& name) const;

  /// Makes the pipes that jobs of type gate read, one for each attempt.
  void close_gate();

  /// Lets the job of type gate go on that runs with this attempt.
  void open_gate(int attempt = 1);

  /// Jobs that wait, by the real clock.
  std::int64_t waiting() const;

  /// Runs a command to its end, in the folder.
  finished callboard(std::vector<std::string> arguments,
                     std::string_view input = {}) const;

  /// The same, which must end with `code`; answers its standard output.
  std::string ok(std::vector<std::string> arguments,
                 std::string_view input = {}, int code = 0) const;

  /// Starts a command, such as run.
  std::unique_ptr<process> start(std::vector<std::string> arguments) const;

  /// Starts `run` and waits until it is ready.
  std::unique_ptr<process> daemon(std::vector<std::string> options
                                  = {"--live"}) const;

  start_options& options() { return options_; }
  const start_options& options() const { return options_; }
  backend& db() const { return *db_; }
  const std::string& folder() const { return folder_.path(); }
  std::string path(const std::string& name) const;

private:
  std::string gate(int attempt) const;

  temporary_folder folder_;
  std::unique_ptr<backend> db_;
  std::string database_;
  start_options options_;
};

} // namespace callboard::test
