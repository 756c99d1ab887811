#include "store/sqlite/place.hpp"

#include "store/sqlite/statements/schema.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace callboard::store {

namespace {

namespace fs = std::filesystem;

sqlite_api::sqlite3* native(soci::session& session) {
  auto* backend = session.get_backend();
  return static_cast<soci::sqlite3_session_backend*>(backend)->conn_;
}

void end_transaction(soci::session& session) noexcept {
  try {
    // SQLite itself rolls back after some errors, such as a full disk.
    if (sqlite_api::sqlite3_get_autocommit(native(session)) == 0)
      session << sqlite::rollback;
  } catch (const std::exception&) {
    // The connection is closed after such a failure, which rolls back too.
  }
}

} // namespace

sqlite_place::sqlite_place(std::string path, std::string name, bool temporary)
    : path_{fs::absolute(path).string()}, name_{std::move(name)},
      lock_path_{lock_file_of(path_)}, temporary_{temporary}, gate_{
                                                                  lock_path_} {}

sqlite_place::~sqlite_place() {
  if (!temporary_)
    return;
  std::error_code ignored;
  fs::remove_all(fs::path{path_}.parent_path(), ignored);
}

std::shared_ptr<sqlite_place> sqlite_place::in_memory() {
  auto folder = (fs::temp_directory_path() / "callboard-XXXXXX").string();
  if (!::mkdtemp(folder.data()))
    throw failure{
        {errc::permission_denied, "sqlite::memory: needs a private folder in '"
                                      + fs::temp_directory_path().string()
                                      + "', which can't be made; set TMPDIR"}};
  return std::make_shared<sqlite_place>(folder + "/jobs.db",
                                        "sqlite::memory:", true);
}

std::unique_ptr<soci::session> connect_sqlite(const sqlite_place& place,
                                              const database_options& options) {
  const auto& path = place.path();
  auto folder = fs::path{path}.parent_path();
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw failure{
        {errc::database_unreachable, place.name() + ": there is no folder '"
                                         + folder.string() + "'; create it"}};
  if (fs::is_directory(path, ignored))
    throw failure{{errc::database_unreachable,
                   place.name() + " is a folder; name a file in it"}};
  if (options.must_exist && !fs::exists(path, ignored))
    throw failure{{errc::database_unreachable,
                   place.name()
                       + " does not exist; create it with `callboard migrate`"
                         " or start the daemon"}};
  return std::make_unique<soci::session>(soci::sqlite3, "db=\"" + path + "\"");
}

void set_up_sqlite(soci::session& session, sqlite_place& place,
                   const database_options& options) {
  auto* connection = native(session);
  sqlite_api::sqlite3_extended_result_codes(connection, 1);
  wait_for_locks(session, options.statement_timeout);
  std::string encoding;
  session << sqlite::encoding, soci::into(encoding);
  if (encoding != "UTF-8")
    throw failure{
        {errc::unsupported, place.name() + " stores text as " + encoding
                                + "; Callboard needs a database with UTF-8"}};
  std::string mode;
  session << sqlite::journal_mode, soci::into(mode);
  if (mode != "wal") {
    // Two connections that switch at once would find each other in the way.
    if (!place.gate().enter(options.statement_timeout))
      throw failure{{errc::database_busy,
                     place.name() + " is locked for too long; try again"}};
    try {
      session << sqlite::use_wal, soci::into(mode);
    } catch (...) {
      place.gate().leave();
      throw;
    }
    place.gate().leave();
  }
  if (place.temporary())
    session << sqlite::sync_off;
  else if (options.durable)
    session << sqlite::sync_full;
  else
    session << sqlite::sync_normal;
}

void wait_for_locks(soci::session& session, duration limit) noexcept {
  auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(limit);
  sqlite_api::sqlite3_busy_timeout(native(session),
                                   static_cast<int>(wait.count()));
}

void check_in_place(soci::session& session, const sqlite_place& place) {
  int moved = 0;
  sqlite_api::sqlite3_file_control(native(session), "main",
                                   SQLITE_FCNTL_HAS_MOVED, &moved);
  if (moved)
    throw failure{
        {errc::database_unreachable,
         place.name()
             + " was moved, replaced or deleted while it was open: put the file"
               " back, or start again with the one that is there"}};
}

std::optional<file_identity> identity_of(const sqlite_place& place) {
  struct stat facts {};
  if (::stat(place.path().c_str(), &facts) != 0)
    return std::nullopt;
  return file_identity{facts.st_dev, facts.st_ino};
}

std::string sqlite_path_of(soci::session& session) {
  std::string path;
  soci::indicator known = soci::i_null;
  session << sqlite::main_file, soci::into(path, known);
  return known == soci::i_ok ? path : std::string{};
}

sqlite_snapshot::sqlite_snapshot(soci::session& session) : session_{session} {
  session_ << sqlite::begin;
}

sqlite_snapshot::~sqlite_snapshot() {
  end_transaction(session_);
}

sqlite_transaction::sqlite_transaction(soci::session& session,
                                       sqlite_place& place, duration limit)
    : session_{session}, place_{place} {
  using std::chrono::steady_clock;
  auto end = steady_clock::now() + limit;
  if (!place.gate().enter(limit))
    throw failure{
        {errc::database_busy,
         place.name() + " is being written by others for too long; try again"}};
  try {
    // Who does not know the gate, such as another program, is waited for in
    // what is left.
    auto left = std::chrono::duration_cast<duration>(end - steady_clock::now());
    wait_for_locks(session_, std::max(left, duration{0}));
    session_ << sqlite::begin_immediate;
    wait_for_locks(session_, limit);
  } catch (...) {
    wait_for_locks(session_, limit);
    place.gate().leave();
    throw;
  }
  open_ = true;
  try {
    check_in_place(session_, place_);
  } catch (...) {
    roll_back();
    throw;
  }
}

sqlite_transaction::~sqlite_transaction() {
  if (open_)
    roll_back();
}

void sqlite_transaction::roll_back() noexcept {
  open_ = false;
  end_transaction(session_);
  place_.gate().leave();
}

void sqlite_transaction::commit() {
  session_ << sqlite::commit;
  open_ = false;
  place_.gate().leave();
}

} // namespace callboard::store
