#pragma once

#include "store/model/job.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct pg_result;

namespace callboard::store {

/// The answer of one statement, in PostgreSQL's binary form.
class rows {
public:
  /// Takes the result over.
  explicit rows(pg_result* result);

  int size() const noexcept;
  /// How many rows the statement changed.
  std::int64_t changed() const;

  bool is_null(int row, int column) const;
  /// An int2, int4, int8 or bool.
  std::int64_t number(int row, int column) const;
  /// A text or bytea; valid as long as the rows.
  std::string_view bytes(int row, int column) const;
  std::string text(int row, int column) const;
  time_point moment(int row, int column) const;

  /// The twelve columns of a job, from `column` on.
  job job_at(int row, int column) const;

  pg_result* native() const noexcept { return result_.get(); }
  pg_result* release() noexcept { return result_.release(); }

private:
  struct clear {
    void operator()(pg_result* result) const noexcept;
  };

  std::unique_ptr<pg_result, clear> result_;
};

} // namespace callboard::store
