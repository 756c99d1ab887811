#pragma once

#include "tests/chaos/history.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace soci {
class session;
} // namespace soci

namespace callboard::chaos {

/// As the record below has it: "leased".
std::string_view to_string(change::kind what) noexcept;

/// The database's own record of what happens to jobs and nodes: triggers write
/// each change into a table of the test's, in the transaction of the change.
/// Goes to the database directly, past the proxies. One thread.
class audit {
public:
  /// `url` as the program takes it. Connects; throws when it can't.
  explicit audit(const std::string& url);
  ~audit();

  audit(const audit&) = delete;
  audit& operator=(const audit&) = delete;

  /// Wants the tables of Callboard, and no jobs in them yet.
  void install();

  std::vector<change> changes();

  /// Ids of jobs that are stored, dead ones left out.
  std::vector<std::string> stored();

  /// PostgreSQL: ends the server's side of the connections that have this
  /// application name.
  void terminate(const std::string& application);

  /// SQLite: whether nobody keeps the file to himself for long.
  bool takes_writes();

  /// Keeps everybody from the table of jobs (from the file, on SQLite) while
  /// `meanwhile` runs.
  template <class F>
  void locked(F meanwhile) {
    lock();
    meanwhile();
    unlock();
  }

private:
  void lock();
  void unlock();

  bool postgres_;
  std::unique_ptr<soci::session> session_;
};

} // namespace callboard::chaos
