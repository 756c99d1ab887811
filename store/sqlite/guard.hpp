#pragma once

#include "store/model/error.hpp"

#include <string>
#include <string_view>
#include <type_traits>

namespace callboard::store {

/// The exception at hand (inside a catch block) as an error that names
/// `database`. The only place that reads SQLite's result codes.
error sqlite_error(std::string_view database);

/// Runs `work`, which may throw what SOCI throws, or a `failure`.
template <class Work>
auto sqlite_guard(std::string_view database, Work work)
    -> result<std::invoke_result_t<Work>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (...) {
    return sqlite_error(database);
  }
}

/// Whether `what` was caused by a unique key.
bool is_constraint_violation(const std::exception& what) noexcept;

} // namespace callboard::store
