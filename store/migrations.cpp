#include "store/migrations/steps.hpp"

namespace callboard::store {

std::span<const migration> postgres_migrations() {
  return postgres::steps;
}

std::span<const migration> sqlite_migrations() {
  return sqlite::steps;
}

} // namespace callboard::store
