#pragma once

#include "tests/chaos/node.hpp"

#include <memory>
#include <vector>

namespace callboard::chaos {

/// A performer (`callboard perform`), with a network of its own to each node.
class performer : public member {
public:
  performer(const settings& rules, const tests::authority& certificates,
            int number, const std::vector<std::unique_ptr<node>>& nodes);

  int number() const { return number_; }

  /// Its way to node `number`.
  test::tcp_proxy& link(int number) {
    return *links_.at(static_cast<std::size_t>(number) - 1);
  }

  /// Writes its config with so many slots, for the next start or reload. Any
  /// thread.
  void configure(int slots);

private:
  int number_;
  std::vector<std::unique_ptr<test::tcp_proxy>> links_;
  tls_files files_;
};

/// How many slots a performer begins with, and has at most.
inline constexpr int performer_slots = 5;
inline constexpr int most_performer_slots = 6;

} // namespace callboard::chaos
