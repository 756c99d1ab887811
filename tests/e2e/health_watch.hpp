#pragma once

#include "tests/support/process.hpp"

#include <memory>
#include <string>

namespace httplib {
class Client;
}

namespace callboard::test {

/// Asks a daemon how it is, as a load balancer does.
class health_watch {
public:
  /// The daemon has a `http` listener, and nobody has read that it is ready.
  explicit health_watch(process& daemon);
  ~health_watch();

  health_watch(const health_watch&) = delete;
  health_watch& operator=(const health_watch&) = delete;

  /// Asks again and again until it is so; answers the body.
  std::string await(int status, const std::string& part) const;

  std::string metrics() const;

private:
  std::unique_ptr<httplib::Client> client_;
};

} // namespace callboard::test
