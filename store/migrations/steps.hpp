#pragma once

#include "store/migrator.hpp"

#include <array>

#include "postgres_migrations.hpp"
#include "sqlite_migrations.hpp"

/// All steps, in order; append-only. A step's last number says which programs
/// can still work with the tables afterwards: those that know that version.
/// Take over the number of the step before when what it adds needs not be
/// known; see "How it stays true" in docs/upgrading.md.
namespace callboard::store {

namespace postgres {

inline constexpr std::array steps{
    migration{1, "jobs", migrations::_001_jobs_sql, 1},
    migration{2, "recovery", migrations::_002_recovery_sql, 1},
    migration{3, "rolling", migrations::_003_rolling_sql, 1},
    migration{4, "in_place", migrations::_004_in_place_sql, 1},
};

} // namespace postgres

namespace sqlite {

inline constexpr std::array steps{
    migration{1, "jobs", migrations::_001_jobs_sql, 1},
    migration{2, "recovery", migrations::_002_recovery_sql, 1},
    migration{3, "rolling", migrations::_003_rolling_sql, 1},
    migration{4, "in_place", migrations::_004_in_place_sql, 1},
};

} // namespace sqlite

} // namespace callboard::store
