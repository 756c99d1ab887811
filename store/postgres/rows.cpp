#include "store/postgres/rows.hpp"

#include "store/sql/moment.hpp"

#include <libpq-fe.h>

#include <cstdlib>

namespace callboard::store {

rows::rows(pg_result* result) : result_{result} {}

void rows::clear::operator()(pg_result* result) const noexcept {
  PQclear(result);
}

int rows::size() const noexcept {
  return PQntuples(native());
}

std::int64_t rows::changed() const {
  return std::atoll(PQcmdTuples(native()));
}

bool rows::is_null(int row, int column) const {
  return PQgetisnull(native(), row, column) != 0;
}

std::int64_t rows::number(int row, int column) const {
  auto raw = bytes(row, column);
  if (raw.empty())
    return 0;
  std::uint64_t value = (raw.front() & 0x80) ? ~std::uint64_t{0} : 0;
  for (char c : raw)
    value = value << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

std::string_view rows::bytes(int row, int column) const {
  auto size = PQgetlength(native(), row, column);
  return {PQgetvalue(native(), row, column), static_cast<std::size_t>(size)};
}

std::string rows::text(int row, int column) const {
  return std::string{bytes(row, column)};
}

time_point rows::moment(int row, int column) const {
  return from_micros(number(row, column));
}

job rows::job_at(int row, int column) const {
  job value;
  value.id = bytes(row, column);
  value.queue = bytes(row, column + 1);
  value.type = bytes(row, column + 2);
  value.arg = bytes(row, column + 3);
  value.request_id = bytes(row, column + 4);
  value.attempt = static_cast<std::int32_t>(number(row, column + 5));
  value.max_attempts = static_cast<std::int32_t>(number(row, column + 6));
  value.priority = static_cast<std::int16_t>(number(row, column + 7));
  value.last_error = bytes(row, column + 8);
  value.run_at = moment(row, column + 9);
  value.created_at = moment(row, column + 10);
  value.timeout = duration{number(row, column + 11)};
  return value;
}

} // namespace callboard::store
