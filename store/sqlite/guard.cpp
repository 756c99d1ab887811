#include "store/sqlite/guard.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

#include <exception>
#include <new>

namespace callboard::store {

namespace {

error by_code(int code, std::string_view database, const std::string& text) {
  auto subject = std::string{database};
  switch (code & 0xff) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return {errc::database_busy,
            subject
                + " is locked by another process for too long; try again, and"
                  " look for a program that keeps a transaction open"};
  case SQLITE_READONLY:
    return {errc::database_read_only,
            subject
                + " may only be read; make the file and its folder writable"
                  " for this user"};
  case SQLITE_FULL:
    return {errc::database_full,
            subject
                + " can't grow: the disk or the file's limit is full; free"
                  " some space"};
  case SQLITE_PERM:
  case SQLITE_AUTH:
  case SQLITE_CANTOPEN:
    return {errc::permission_denied,
            subject
                + " can't be opened; check that the file and its folder may be"
                  " read and written by this user"};
  case SQLITE_NOTADB:
    return {errc::database_error,
            subject
                + " is not an SQLite database (or is encrypted); name another"
                  " file"};
  case SQLITE_CORRUPT:
    return {errc::database_error,
            subject
                + " is damaged; check it with `pragma integrity_check` and"
                  " restore a copy"};
  case SQLITE_IOERR:
    return {errc::database_error, subject + " can't be read or written: " + text
                                      + "; check the disk and its file system"};
  case SQLITE_TOOBIG:
    return {errc::arg_too_large,
            subject + " refuses a value that is too large for SQLite"};
  default:
    break;
  }
  if (text.find("no such table: callboard_") != std::string::npos)
    return {errc::schema_outdated,
            subject + " has no callboard tables: run `callboard migrate`"};
  return {errc::database_error, subject + ": " + text};
}

} // namespace

error sqlite_error(std::string_view database) {
  try {
    throw;
  } catch (const failure& what) {
    return what.why();
  } catch (const soci::sqlite3_soci_error& what) {
    return by_code(what.result(), database, what.get_error_message());
  } catch (const soci::soci_error& what) {
    return by_code(0, database, what.get_error_message());
  } catch (const std::bad_alloc&) {
    return {errc::database_error,
            std::string{database} + ": out of memory; lease smaller batches"};
  } catch (const std::exception& what) {
    return {errc::internal, std::string{database} + ": " + what.what()};
  }
}

bool is_constraint_violation(const std::exception& what) noexcept {
  const auto* error = dynamic_cast<const soci::sqlite3_soci_error*>(&what);
  return error && (error->result() & 0xff) == SQLITE_CONSTRAINT;
}

} // namespace callboard::store
