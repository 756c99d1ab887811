#pragma once

#include "store/database.hpp"

#include <functional>
#include <memory>

namespace callboard::actors {

/// What a kit has between the handlers' client and the store.
struct kit_hooks {
  /// A place at which the process can crash: throws then.
  std::function<void()> checkpoint;
  /// The process has crashed, and so reaches no database.
  std::function<bool()> dying;
};

/// The database as handlers reach it: a process can crash before and after
/// each enqueue.
database_ptr make_kit_database(database_ptr inner, kit_hooks hooks);

} // namespace callboard::actors
