#pragma once

#include "store/database.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::test {

/// A clock that stands still until a test moves it. Thread-safe.
class manual_clock {
public:
  time_point now() const { return time_point{duration{micros_.load()}}; }
  void advance(duration by) { micros_ += by.count(); }

private:
  // 2026-01-01 00:00:00 UTC, a Thursday.
  std::atomic<std::int64_t> micros_ = 1'767'225'600'000'000;
};

enum class backend_kind {
  sqlite_file,
  sqlite_memory,
  postgres,
  /// The reference: no SQL.
  memory
};

std::string to_string(backend_kind kind);

/// A fresh, empty database of one kind; gone with the object, which must
/// outlive all that it opened.
class backend {
public:
  virtual ~backend() = default;

  /// Fails the running test loudly when the kind can't be had here.
  static std::unique_ptr<backend> make(backend_kind kind);

  backend_kind kind() const { return kind_; }
  manual_clock& clock() { return *clock_; }

  /// Options with the manual clock and whatever names this database.
  virtual database_options options() const;

  virtual std::string url() const = 0;

  /// Opens it, with the manual clock.
  database_ptr open() const { return open(options()); }
  virtual database_ptr open(const database_options& options) const;

  /// A session as a user of the library would have it; only of the shared
  /// ones.
  virtual std::unique_ptr<soci::session> session() const = 0;

protected:
  explicit backend(backend_kind kind) : kind_{kind} {}

private:
  backend_kind kind_;
  std::shared_ptr<manual_clock> clock_ = std::make_shared<manual_clock>();
};

/// The running test case runs once for each of them.
std::unique_ptr<backend> every_backend();

/// Those that keep jobs in SQL.
std::unique_ptr<backend> every_sql_backend();

/// Those where a user can have sessions of their own.
std::unique_ptr<backend> every_shared_backend();

/// A folder that goes with the object.
class temporary_folder {
public:
  temporary_folder();
  ~temporary_folder();

  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::string& path() const { return path_; }

private:
  std::string path_;
};

/// The server that tests/run.sh started; fails the test when there is none.
std::string postgres_url();

} // namespace callboard::test
