#include "store/sql/texts.hpp"

#include "store/model/new_job.hpp"
#include "store/model/text.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace callboard::store {

namespace {

// 2026-11-24 08:00:00.000 UTC
std::string utc_text(time_point when) {
  auto day = std::chrono::floor<std::chrono::days>(when);
  std::chrono::year_month_day date{day};
  std::chrono::hh_mm_ss time{
      std::chrono::floor<std::chrono::milliseconds>(when - day)};
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(),
                "%04d-%02u-%02u %02d:%02d:%02d.%03d UTC", int{date.year()},
                unsigned{date.month()}, unsigned{date.day()},
                static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

} // namespace

std::string exhausted_text(std::int32_t attempts, bool cancelled,
                           std::string_view last_error) {
  auto text = cancelled ? std::string{"cancelled"}
                        : "attempts used up (" + std::to_string(attempts) + ")";
  if (!last_error.empty())
    text.append(": ").append(last_error);
  return storable_text(text, job_limits::error_bytes);
}

std::string worker_died_text(std::string_view node, incarnation id,
                             std::string_view cause, time_point when) {
  std::string text{"worker died: node '"};
  text.append(node).append("', incarnation ").append(std::to_string(id));
  text.append(" (").append(cause).append(") at ").append(utc_text(when));
  return text;
}

std::string during_attempt(std::int32_t attempt, bool recorded) {
  auto number = std::to_string(attempt);
  return recorded ? " during attempt " + number
                  : " before attempt " + number + " was recorded";
}

std::string crash_count(std::int64_t crashes, std::int32_t max_crashes) {
  return "; crashes: " + std::to_string(crashes) + " of "
         + std::to_string(max_crashes);
}

error enqueue_unknown(const error& why) {
  return {why.code,
          why.message
              + "; enqueue again with the same id: job_already_exists then says"
                " that it was stored"};
}

error not_joined(std::string_view database) {
  return {errc::incarnation_lost,
          "lease from " + std::string{database}
              + ": this connection did not join as a node; join first"};
}

error declared_dead(std::string_view database, incarnation id) {
  return {errc::incarnation_lost,
          std::string{database} + ": node incarnation " + std::to_string(id)
              + " was declared dead and its leases belong to others now; join"
                " again"};
}

} // namespace callboard::store
