#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace callboard {

/// Everything that can go wrong, as a user would sort it. The text beside an
/// `errc` always names the thing and, where there is one, the remedy.
enum class errc : std::uint8_t {
  /// A job that may not be enqueued: no queue, no type, a name too long or not
  /// UTF-8, a negative delay.
  invalid_job = 1,
  /// `bulk_enqueue` was called without jobs.
  empty_bulk,
  /// The arg is longer than the limit.
  arg_too_large,
  /// A job with this id is stored already (or twice in the same bulk).
  job_already_exists,
  /// No job (or dead letter) has this id.
  job_not_found,
  /// A cron expression, time zone or back-off that makes no sense.
  invalid_schedule,
  /// A setting that makes no sense: worker configs, options, database URL.
  invalid_config,
  /// The database can't be reached, or the connection broke. Nothing was
  /// stored, unless the code is `commit_unknown`.
  database_unreachable,
  /// The connection broke during a commit: the work may or may not be stored.
  /// Enqueue again with the same id to be sure.
  commit_unknown,
  /// The database is there but could not serve in time: a lock, a statement
  /// timeout, too many connections. Trying again later helps.
  database_busy,
  /// The database or its file may only be read.
  database_read_only,
  /// The disk (or quota) of the database is full.
  database_full,
  /// The database user lacks rights.
  permission_denied,
  /// The tables are missing or older than this program: migrate.
  schema_outdated,
  /// The tables are newer than this program knows: upgrade the program.
  schema_too_new,
  /// Any other answer of the database.
  database_error,
  /// This node was declared dead (its lock was lost or it was silent for too
  /// long); its leases belong to others now. Join again.
  incarnation_lost,
  /// The thing asked for is not offered here (such as wake-ups on SQLite).
  unsupported,
  /// A deadline passed.
  timed_out,
  /// The client was closed.
  closed,
  /// A bug in Callboard or a broken promise of a component.
  internal,
};

/// The name of a code, such as "job_already_exists".
std::string_view to_string(errc code) noexcept;

/// An expected failure: what kind, and a sentence for a person. The sentence
/// never holds args or passwords.
struct error {
  errc code = errc::internal;
  std::string message;

  friend bool operator==(const error&, const error&) = default;
};

/// "job_already_exists: job 'a1' is stored already".
std::string to_string(const error& what);

/// Thrown by the functions of the public face that do not return a `result`.
class failure : public std::runtime_error {
public:
  explicit failure(error what);

  const error& why() const noexcept { return why_; }
  errc code() const noexcept { return why_.code; }

private:
  error why_;
};

/// A value or the reason why there is none.
template <class T>
using result = boost::system::result<T, error>;

/// Lets `result<T>::value()` throw a `failure`. Found by ADL.
[[noreturn]] void throw_exception_from_error(const error& what,
                                             const boost::source_location&);

} // namespace callboard
