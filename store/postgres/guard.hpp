#pragma once

#include "store/model/error.hpp"

#include <string>
#include <string_view>
#include <type_traits>

struct pg_result;

namespace callboard::store {

/// A failed statement as an error that names `database`. The only place that
/// reads SQLSTATEs.
error postgres_error(std::string_view database, const pg_result* result);

/// A failed connect, from libpq's text: it gives no SQLSTATE.
error connect_error(std::string_view database, std::string_view text);

/// A connection that broke.
error lost_connection(std::string_view database, std::string_view text);

/// The exception at hand (inside a catch block) as an error.
error exception_error(std::string_view database);

/// Runs `work`, which may throw a `failure`.
template <class Work>
auto postgres_guard(std::string_view database, Work work)
    -> result<std::invoke_result_t<Work>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (...) {
    return exception_error(database);
  }
}

} // namespace callboard::store
