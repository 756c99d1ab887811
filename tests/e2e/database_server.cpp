#include "tests/e2e/database_server.hpp"

#include "store/database.hpp"
#include "tests/support/process.hpp"

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace callboard::test {

namespace {

constexpr std::chrono::seconds patience{60};

} // namespace

database_server::database_server() {
  // Root's server runs as another user.
  std::filesystem::permissions(folder_.path(), std::filesystem::perms{0755});
  url_ = control({"start", folder_.path() + "/server"});
  url_.erase(url_.find_last_not_of('\n') + 1);
}

database_server::~database_server() {
  try {
    control({"stop", folder_.path() + "/server"});
  } catch (const std::exception&) {
    // It is gone already, or the next clean-up of the machine takes it.
  }
}

void database_server::halt(const std::string& mode) {
  control({"halt", folder_.path() + "/server", mode});
}

void database_server::resume() {
  control({"resume", folder_.path() + "/server"});
  auto db = callboard::open(url_);
  for (auto end = std::chrono::steady_clock::now() + patience;
       std::chrono::steady_clock::now() < end;)
    if (db->connect())
      return;
  throw std::runtime_error{"the database server does not come back"};
}

std::string database_server::control(std::vector<std::string> words) const {
  words.insert(words.begin(), CALLBOARD_POSTGRES_SCRIPT);
  process program{words};
  if (program.wait(patience) != 0)
    throw std::runtime_error{"postgres.sh: " + program.err()};
  return program.out();
}

} // namespace callboard::test
