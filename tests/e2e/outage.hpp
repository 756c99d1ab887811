#pragma once

#include "tests/e2e/database_server.hpp"
#include "tests/e2e/ledger.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace callboard::test {

/// Three daemons in the midst of their work on a server that goes away: each
/// has two handlers that run until they are told to stop, and one of them has a
/// program that ends during the outage.
class outage {
public:
  outage();

  /// The server goes away for so long, and comes back. Answers how long after
  /// that a new job was performed.
  std::chrono::milliseconds endure(const std::string& mode,
                                   std::chrono::seconds downtime);

  /// Nobody was told to stop, nothing was fenced off, nothing done twice.
  void check_unharmed();

private:
  scene here_;
  database_server server_;
  std::vector<std::unique_ptr<process>> daemons_;
};

} // namespace callboard::test
