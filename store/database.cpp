#include "store/database.hpp"

#include "store/postgres/conninfo.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/sql/provider_database.hpp"
#include "store/sqlite/sqlite_database.hpp"

#include <limits>
#include <string>
#include <utility>

namespace callboard {

namespace {

constexpr std::string_view sqlite_scheme = "sqlite:";
constexpr std::string_view memory_url = "sqlite::memory:";

bool is_postgres(std::string_view url) {
  return url.starts_with("postgresql:") || url.starts_with("postgres://");
}

// The path is quoted in the text that SOCI takes apart.
bool is_sqlite_path(std::string_view path) {
  return !path.empty() && path.find_first_of("\"\0", 0, 2) == path.npos;
}

} // namespace

result<void> database_options::validate() const {
  auto longest = std::chrono::milliseconds{std::numeric_limits<int>::max()};
  if (connect_timeout <= duration{0} || connect_timeout > longest)
    return error{errc::invalid_config,
                 "connect_timeout must be over 0 and at most 24 days"};
  if (statement_timeout <= duration{0} || statement_timeout > longest)
    return error{errc::invalid_config,
                 "statement_timeout must be over 0 and at most 24 days"};
  if (arg_limit == 0 || arg_limit > 512 * 1024 * 1024)
    return error{errc::invalid_config, "arg_limit must be 1 byte to 512 MiB"};
  if (large_lease == 0)
    return error{errc::invalid_config, "large_lease must be at least 1"};
  if (schema.size() > 63 || schema.find('\0') != schema.npos)
    return error{errc::invalid_config,
                 "schema must be the name of a schema, at most 63 bytes"};
  return {};
}

result<void> check_url(std::string_view url) {
  if (is_postgres(url)) {
    auto info = store::conninfo::parse(url, duration{0});
    if (!info)
      return info.error();
    return {};
  }
  if (url.starts_with(sqlite_scheme)) {
    if (is_sqlite_path(url.substr(sqlite_scheme.size())))
      return {};
    return error{errc::invalid_config,
                 "a database URL with sqlite: needs a path without quotes"
                 " after it, such as sqlite:callboard.db"};
  }
  // The text may hold a password: only its scheme is shown.
  return error{errc::invalid_config,
               "unknown kind of database URL '"
                   + std::string{url.substr(0, url.find(':')).substr(0, 20)}
                   + "': use postgresql://user@host/name, sqlite:path or"
                     " sqlite::memory:"};
}

database_ptr open(std::string_view url, database_options options) {
  if (auto valid = options.validate(); !valid)
    throw failure{valid.error()};
  if (auto valid = check_url(url); !valid)
    throw failure{valid.error()};
  if (is_postgres(url)) {
    auto info = store::conninfo::parse(url, options.connect_timeout).value();
    return std::make_shared<store::postgres_database>(std::move(info),
                                                      std::move(options));
  }
  if (url == memory_url)
    return std::make_shared<store::sqlite_database>(
        store::sqlite_place::in_memory(), std::move(options));
  auto path = std::string{url.substr(sqlite_scheme.size())};
  return std::make_shared<store::sqlite_database>(
      std::make_shared<store::sqlite_place>(path, std::string{url}),
      std::move(options));
}

database_ptr open(session_provider provider, database_options options) {
  if (auto valid = options.validate(); !valid)
    throw failure{valid.error()};
  if (!provider)
    throw failure{{errc::invalid_config,
                   "open needs a session provider, not an empty"
                   " function"}};
  return std::make_shared<store::provider_database>(std::move(provider),
                                                    std::move(options));
}

} // namespace callboard
