#pragma once

#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// What ties a node to its database: the connection that leases (and holds the
/// node's lock), those that settle, and the one that waits for wake-ups.
enum class link : std::uint8_t { leasing, settling, listening };

inline constexpr std::size_t link_count = 3;

/// "leasing", "settling", "listening".
std::string_view to_string(link which) noexcept;

/// Whether an error says that the database does not serve anybody now, rather
/// than that it refused what was asked of it.
bool is_outage(errc code) noexcept;

/// How one of them is.
struct link_status {
  link which{};
  bool up = false;
  /// While it is not up: since when, and why.
  duration down_for{0};
  std::string why;
};

/// How a node's ties to its database are, and how often and how long they were
/// cut.
struct link_report {
  /// Those that there are: before the first `upgrade` none, and none for
  /// wake-ups where the database sends none.
  std::vector<link_status> links;
  std::uint64_t outages = 0;
  /// Finished ones and the present one, together.
  duration away{0};
};

namespace actors {

/// Books of the links. An outage begins when leasing or settling fails and ends
/// when both work; it is told of once at each end, and so is the time without
/// wake-ups. Written by the actors that own the links, read by anyone;
/// thread-safe. Time is given by the caller.
class links {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// What to log when an outage begins or ends.
  struct news {
    bool began = false;
    std::string text;
  };

  /// It works (again).
  std::optional<news> up(link which, instant now);

  /// It does not; a link that is down may fail again, with a newer reason.
  std::optional<news> down(link which, const error& why, instant now);

  /// There is no such link (any more).
  void none(link which);

  link_report report(instant now) const;

private:
  struct state {
    bool known = false;
    bool up = false;
    instant since{};
    std::string why;
  };

  bool works() const;

  mutable std::mutex mutex_;
  std::array<state, link_count> states_;
  /// Since when leasing or settling does not work.
  std::optional<instant> away_since_;
  std::uint64_t outages_ = 0;
  duration away_before_{0};
};

} // namespace actors

} // namespace callboard
