#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace callboard::actors {

/// Names a poller within its supervisor; never used twice.
using poller_id = std::uint64_t;

/// Who holds the concurrency of which queue. One credit is the right to have
/// one slot. The supervisor is the only owner; a poller holds what it was
/// granted until it gives it back or dies. Passing credits from poller to
/// poller instead loses them when upgrades overlap: one in the middle quits
/// before they reach it.
///
/// For each queue: (sum of what is held) <= limit, except that after the limit
/// shrank what is out already counts until it comes back.
class credits {
public:
  struct grant {
    poller_id to = 0;
    std::size_t count = 0;
  };

  /// From now on the queue may run `limit` jobs (0: it is gone), and `live` is
  /// who gets its credits.
  void assign(const std::string& queue, std::size_t limit,
              std::optional<poller_id> live);

  /// What may be granted to the live poller of `queue`, and is by this call.
  std::optional<grant> next(const std::string& queue);

  /// A poller gave back `count`.
  void give_back(const std::string& queue, poller_id from, std::size_t count);
  /// A poller is gone, with all that it held.
  void forget(const std::string& queue, poller_id who);
  /// `heir` takes over what `from` held, and its place if that was the live
  /// one.
  void inherit(const std::string& queue, poller_id from, poller_id heir);

  std::optional<poller_id> live(const std::string& queue) const;
  std::size_t limit(const std::string& queue) const;
  /// Credits that are out.
  std::size_t held(const std::string& queue) const;
  /// Those that one poller holds.
  std::size_t held(const std::string& queue, poller_id who) const;

private:
  struct queue_credits {
    std::size_t limit = 0;
    std::optional<poller_id> live;
    std::map<poller_id, std::size_t> held;
  };

  void tidy(const std::string& queue);

  std::map<std::string, queue_credits> lines_;
};

} // namespace callboard::actors
