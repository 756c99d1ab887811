#pragma once

#include "tests/e2e/scene.hpp"
#include "tests/support/certificates.hpp"
#include "tests/upgrade/book.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

/// The programs of a rehearsal: nodes and a performer over TLS on one database.
namespace callboard::test {

enum class build { present, next };

std::string to_string(build which);

/// Of the program.
std::string path_of(build which);

class cast {
public:
  /// Full nodes a, b and c and a performer p; nobody runs yet.
  cast();

  static const std::vector<std::string> nodes;

  /// Starts one, and waits until it is ready.
  void start(const std::string& who, build which);

  /// SIGTERM, and waits for its end, which must be a good one.
  void drain(const std::string& who);

  build build_of(const std::string& who) const { return builds_.at(who); }

  /// As it signs in the book: "a/next".
  std::string signature(const std::string& who) const;

  /// The command line of a build, in the scene's folder.
  finished command(build which, std::vector<std::string> arguments) const;

  /// Enqueues by way of a node.
  void enqueue_at(const std::string& node, build by, const std::string& id);

  std::vector<std::string> addresses() const;
  const tls_files& client_files() const { return shop_; }

  scene here;
  book notes;

private:
  void configure_node(const std::string& who);
  void configure_performer();

  tests::authority ca_;
  tls_files shop_;
  std::map<std::string, std::string> addresses_;
  std::map<std::string, build> builds_;
  std::map<std::string, std::unique_ptr<process>> running_;
};

} // namespace callboard::test
