#pragma once

#include "store/model/lease.hpp"

namespace callboard::store {

/// A random positive number. Thread-safe.
incarnation new_incarnation();

} // namespace callboard::store
