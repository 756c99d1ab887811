#pragma once

#include "tests/chaos/rest.hpp"
#include "tests/chaos/settings.hpp"

#include <string>

namespace callboard::chaos {

/// The test's own PostgreSQL server, which somebody else has started.
class server {
public:
  explicit server(const settings& rules) : rules_{rules} {}

  /// Stops it ("fast" or "immediate"), lets time pass, and starts it. Answers
  /// the moment when it took connections again. Throws when it does not come
  /// back.
  micros restart(const std::string& mode, micros downtime,
                 const std::stop_token& stop) const;

private:
  void control(const std::string& command, const std::string& mode) const;

  const settings& rules_;
};

} // namespace callboard::chaos
