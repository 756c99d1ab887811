#include "tests/store/upgrade/programs.hpp"

#include "store/migrations/steps.hpp"
#include "tests/upgrade/one_more_step.hpp"

namespace callboard::test {

namespace {

thread_local program now = program::present;

template <class Steps>
std::span<const store::migration> known(const Steps& present, const auto& next,
                                        const auto& apart) {
  switch (now) {
  case program::past:
    return std::span{present}.first(2);
  case program::next:
    return next;
  case program::apart:
    return apart;
  default:
    return present;
  }
}

} // namespace

void become(program who) {
  now = who;
}

} // namespace callboard::test

// In place of store/migrations.cpp.
namespace callboard::store {

std::span<const migration> postgres_migrations() {
  static constexpr auto next
      = test::followed_by(postgres::steps, test::additive_step);
  static constexpr auto apart
      = test::followed_by(postgres::steps, test::breaking_step);
  return test::known(postgres::steps, next, apart);
}

std::span<const migration> sqlite_migrations() {
  static constexpr auto next
      = test::followed_by(sqlite::steps, test::additive_step);
  static constexpr auto apart
      = test::followed_by(sqlite::steps, test::breaking_step);
  return test::known(sqlite::steps, next, apart);
}

} // namespace callboard::store
