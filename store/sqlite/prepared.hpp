#pragma once

#include "store/sql/optional.hpp"
#include "store/sqlite/row_view.hpp"

#include <soci/soci.h>

#include <optional>
#include <tuple>
#include <type_traits>

namespace callboard::store {

template <class... T>
struct in {};

template <class... T>
struct out {};

/// One reusable statement with its bound variables; prepared at its first use.
/// Always steps to the end, since a half-read statement would keep its
/// transaction open; forgets the statement when it throws. Must die before its
/// session.
template <class In, class Out = out<>>
class prepared;

template <class... In, class... Out>
class prepared<in<In...>, out<Out...>> {
public:
  prepared(soci::session& session, const char* sql)
      : session_{session}, sql_{sql} {}

  prepared(const prepared&) = delete;
  prepared& operator=(const prepared&) = delete;

  /// For statements without rows: how many rows they changed.
  long long run(const std::type_identity_t<In>&... values) {
    return guarded([&] {
      bind(values...);
      statement_->execute(true);
      return statement_->get_affected_rows();
    });
  }

  /// Calls `take` with the columns of each row.
  template <class Take>
  void each(Take take, const std::type_identity_t<In>&... values) {
    guarded([&] {
      bind(values...);
      if (statement_->execute(true))
        do {
          std::apply(take, row_);
        } while (statement_->fetch());
      return 0;
    });
  }

  /// The same, for statements that read many rows: `take` gets a `row_view`.
  /// SOCI still wants a variable for the first column.
  template <class Take>
  void each_row(Take take, const std::type_identity_t<In>&... values) {
    static_assert(sizeof...(Out) == 1);
    guarded([&] {
      bind(values...);
      if (statement_->execute(true))
        do {
          take(row_view{*statement_});
        } while (statement_->fetch());
      return 0;
    });
  }

  /// The first row, or nothing.
  std::optional<std::tuple<Out...>>
  first(const std::type_identity_t<In>&... values) {
    std::optional<std::tuple<Out...>> found;
    each(
        [&](Out&... columns) {
          if (!found)
            found.emplace(columns...);
        },
        values...);
    return found;
  }

private:
  void bind(const std::type_identity_t<In>&... values) {
    values_ = std::tuple<In...>{values...};
    if (statement_)
      return;
    statement_.emplace(session_);
    std::apply([&](auto&... x) { (statement_->exchange(soci::use(x)), ...); },
               values_);
    std::apply([&](auto&... x) { (statement_->exchange(soci::into(x)), ...); },
               row_);
    statement_->alloc();
    statement_->prepare(sql_);
    statement_->define_and_bind();
  }

  template <class Work>
  auto guarded(Work work) {
    try {
      return work();
    } catch (...) {
      statement_.reset();
      throw;
    }
  }

  soci::session& session_;
  const char* sql_;
  std::tuple<In...> values_;
  std::tuple<Out...> row_;
  std::optional<soci::statement> statement_;
};

} // namespace callboard::store
