#pragma once

#include "tests/chaos/member.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <memory>
#include <string>

namespace callboard::chaos {

/// How many slots the queues of a node have.
struct slots {
  int quick = 4;
  int slow = 4;
  int program = 2;
};

/// No queue gets more, whatever is reloaded.
inline constexpr int most_slots = 6;

/// A full node, with a network of its own to the database server; on
/// PostgreSQL also one by which the other nodes reach it.
class node : public member {
public:
  node(const settings& rules, const tests::authority& certificates, int number);

  int number() const { return number_; }

  /// What its connections are called in pg_stat_activity.
  std::string application() const;

  /// All null and 0 for SQLite: to the database; from the other nodes; and
  /// where it listens for these and for performers.
  test::tcp_proxy* network() { return network_.get(); }
  test::tcp_proxy* peers() { return peers_.get(); }
  std::uint16_t cluster_port() const { return cluster_port_; }

  /// Writes its config with so many slots, for the next start or reload. Any
  /// thread.
  void configure(const slots& how_many);

private:
  std::string database() const;

  int number_;
  std::unique_ptr<test::tcp_proxy> network_;
  std::uint16_t cluster_port_ = 0;
  std::unique_ptr<test::tcp_proxy> peers_;
  tls_files files_;
};

/// A URL that leads through `port` instead of its own, with a name for
/// pg_stat_activity.
std::string with_port(const std::string& url, std::uint16_t port,
                      const std::string& application);
std::uint16_t port_of(const std::string& url);

} // namespace callboard::chaos
