#pragma once

#include "tests/support/backends.hpp"

#include <string>

namespace callboard::test {

/// A PostgreSQL server of one test's own, to be stopped and started again.
/// Throws when that fails.
class database_server {
public:
  database_server();

  /// Removes it with all its data.
  ~database_server();

  database_server(const database_server&) = delete;
  database_server& operator=(const database_server&) = delete;

  const std::string& url() const { return url_; }

  /// All connections end and new ones are refused. Sessions are ended politely
  /// (`fast`) or dropped as by a crash (`immediate`).
  void halt(const std::string& mode = "fast");

  /// Returns when it takes connections.
  void resume();

private:
  std::string control(std::vector<std::string> words) const;

  temporary_folder folder_;
  std::string url_;
};

} // namespace callboard::test
