#include "store/model/error.hpp"

#include <array>
#include <utility>

namespace callboard {

namespace {

// In the order of `errc`, which starts at 1.
constexpr auto names = std::to_array<std::string_view>({
    "invalid_job",        "empty_bulk",
    "arg_too_large",      "job_already_exists",
    "job_not_found",      "invalid_schedule",
    "invalid_config",     "database_unreachable",
    "commit_unknown",     "database_busy",
    "database_read_only", "database_full",
    "permission_denied",  "schema_outdated",
    "schema_too_new",     "database_error",
    "incarnation_lost",   "unsupported",
    "timed_out",          "closed",
    "internal",
});

static_assert(names.size() == static_cast<std::size_t>(errc::internal));

} // namespace

std::string_view to_string(errc code) noexcept {
  auto index = static_cast<std::size_t>(code) - 1;
  return index < names.size() ? names[index] : "unknown";
}

std::string to_string(const error& what) {
  return std::string{to_string(what.code)} + ": " + what.message;
}

failure::failure(error what)
    : std::runtime_error{to_string(what)}, why_{std::move(what)} {}

void throw_exception_from_error(const error& what,
                                const boost::source_location&) {
  throw failure{what};
}

} // namespace callboard
