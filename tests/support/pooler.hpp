#pragma once

#include "tests/support/backends.hpp"
#include "tests/support/process.hpp"

#include <memory>
#include <string>

namespace callboard::test {

/// A pgbouncer of the test's own in transaction mode, before the tests'
/// PostgreSQL server. Few sessions of the server serve all of its clients.
class pooler {
public:
  /// Throws when it does not start.
  explicit pooler(int sessions);

  /// The URL of `postgres_url()` by way of the pooler; `parameters` such as
  /// "?pooler=transaction".
  std::string url(const std::string& parameters) const;

  /// HOST:PORT of the server itself.
  const std::string& server() const { return server_; }

private:
  temporary_folder folder_;
  std::string server_;
  std::string user_;
  std::string database_;
  int port_ = 0;
  std::unique_ptr<process> program_;
};

} // namespace callboard::test
