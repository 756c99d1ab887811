#include "tests/chaos/server.hpp"

#include "tests/chaos/audit.hpp"
#include "tests/support/process.hpp"

#include <stdexcept>

namespace callboard::chaos {

namespace {

constexpr micros start_limit = 60'000'000;
constexpr std::chrono::seconds halt_limit{120};
constexpr micros between_tries = 5'000;

bool takes_connections(const std::string& url) {
  try {
    audit{url};
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

} // namespace

micros server::restart(const std::string& mode, micros downtime,
                       const std::stop_token& stop) const {
  control("halt", mode);
  // Told to stop or not, it must come back.
  rest(stop, downtime);
  control("resume", "");
  for (auto limit = present() + start_limit; present() < limit;) {
    if (takes_connections(rules_.database))
      return present();
    rest({}, between_tries);
  }
  throw std::runtime_error{"the database server does not come back"};
}

void server::control(const std::string& command,
                     const std::string& mode) const {
  std::vector<std::string> line{rules_.postgres_script, command,
                                rules_.server_folder};
  if (!mode.empty())
    line.push_back(mode);
  test::process program{line};
  if (program.wait(halt_limit) != 0)
    throw std::runtime_error{"postgres.sh " + command + ": " + program.err()};
}

} // namespace callboard::chaos
