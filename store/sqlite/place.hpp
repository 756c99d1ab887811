#pragma once

#include "store/database.hpp"
#include "store/sqlite/write_gate.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace soci {
class session;
} // namespace soci

namespace callboard::store {

/// Where an SQLite database lies; shared by all that work with it.
class sqlite_place {
public:
  /// `path` is made absolute. `name` is for messages.
  sqlite_place(std::string path, std::string name, bool temporary = false);
  ~sqlite_place();

  sqlite_place(const sqlite_place&) = delete;
  sqlite_place& operator=(const sqlite_place&) = delete;

  /// A database in a private folder that goes with the last reference.
  static std::shared_ptr<sqlite_place> in_memory();

  const std::string& path() const noexcept { return path_; }
  const std::string& name() const noexcept { return name_; }
  const std::string& lock_path() const noexcept { return lock_path_; }
  bool temporary() const noexcept { return temporary_; }
  write_gate& gate() noexcept { return gate_; }

private:
  std::string path_;
  std::string name_;
  std::string lock_path_;
  bool temporary_;
  write_gate gate_;
};

using sqlite_place_ptr = std::shared_ptr<sqlite_place>;

/// Connects to the file. Throws `failure`, or what SOCI throws.
std::unique_ptr<soci::session> connect_sqlite(const sqlite_place& place,
                                              const database_options& options);

/// Prepares a session for our work: journal, sync, waits.
void set_up_sqlite(soci::session& session, sqlite_place& place,
                   const database_options& options);

/// Locks of other programs are waited for no longer than that.
void wait_for_locks(soci::session& session, duration limit) noexcept;

/// Throws `failure` when the file was moved, replaced or deleted while
/// `session` has it open: what is written to it would be lost in silence.
void check_in_place(soci::session& session, const sqlite_place& place);

/// Which file lies at the place now; nothing when there is none.
struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t number = 0;

  friend bool operator==(const file_identity&, const file_identity&) = default;
};
std::optional<file_identity> identity_of(const sqlite_place& place);

/// The file that `session` has open; empty for one in memory.
std::string sqlite_path_of(soci::session& session);

/// Statements that read see one and the same moment; nobody waits for it.
class sqlite_snapshot {
public:
  explicit sqlite_snapshot(soci::session& session);
  ~sqlite_snapshot();

  sqlite_snapshot(const sqlite_snapshot&) = delete;
  sqlite_snapshot& operator=(const sqlite_snapshot&) = delete;

private:
  soci::session& session_;
};

/// One write transaction: waits for its turn (`database_busy` when that lasts
/// longer than `limit`), looks whether the file is still in its place, and
/// rolls back unless committed.
class sqlite_transaction {
public:
  sqlite_transaction(soci::session& session, sqlite_place& place,
                     duration limit);
  ~sqlite_transaction();

  sqlite_transaction(const sqlite_transaction&) = delete;
  sqlite_transaction& operator=(const sqlite_transaction&) = delete;

  void commit();

private:
  void roll_back() noexcept;

  soci::session& session_;
  sqlite_place& place_;
  bool open_ = false;
};

} // namespace callboard::store
