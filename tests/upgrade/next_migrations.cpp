// In place of store/migrations.cpp: a program that knows one more step.

#include "store/migrations/steps.hpp"
#include "tests/upgrade/one_more_step.hpp"

namespace callboard::store {

namespace {

#ifdef CALLBOARD_APART
constexpr auto last = test::breaking_step;
#else
constexpr auto last = test::additive_step;
#endif

} // namespace

std::span<const migration> postgres_migrations() {
  static constexpr auto all = test::followed_by(postgres::steps, last);
  return all;
}

std::span<const migration> sqlite_migrations() {
  static constexpr auto all = test::followed_by(sqlite::steps, last);
  return all;
}

} // namespace callboard::store
