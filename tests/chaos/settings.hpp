#pragma once

#include "tests/chaos/faults.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace callboard::chaos {

/// What the command line says.
struct settings {
  /// The daemon, the plugin with the handlers, and the program of exec jobs.
  std::string program;
  std::string plugin;
  std::string job;
  /// Where everything is written; must be there.
  std::string folder;
  /// "postgresql://..." or "sqlite:PATH".
  std::string database;
  /// tests/support/postgres.sh and the folder of its server.
  std::string postgres_script;
  std::string server_folder;

  std::uint64_t seed = 0;
  int nodes = 3;
  int faults = 36;
  micros time = 60'000'000;
  /// None on SQLite.
  int performers = 3;
  micros silence_limit = 4'000'000;
  /// Of the links between processes.
  micros silence = 2'000'000;
  micros heartbeat = 500'000;
  /// After the last fault, so long until every node works again, and then so
  /// long until no job is left.
  micros return_limit = 60'000'000;
  micros drain_limit = 120'000'000;
  /// About so many jobs a second.
  int rate = 80;
  /// Only these kinds; empty: all that the database allows.
  std::vector<fault_kind> kinds;
  bool json = false;

  bool on_postgres() const { return database.starts_with("postgresql:"); }
};

} // namespace callboard::chaos
