#pragma once

#include "store/model/time.hpp"

#include <cstddef>

namespace callboard::actors {

/// How many jobs a poller should hold, learned from how long handlers and
/// leases take. A chunk lasts about `chunk_time`, so that a hop between
/// threads (60 to 100 us) is paid once for several fast jobs; what is fetched
/// ahead lasts about as long as a lease takes, and two leases at most. For slow
/// handlers that is one job a chunk and nothing ahead, so that no node hoards
/// what another could perform.
class demand {
public:
  /// A chunk should last so long.
  static constexpr duration chunk_time = std::chrono::milliseconds{1};
  static constexpr std::size_t longest_chunk = 64;
  /// One lease asks for no more.
  static constexpr std::size_t largest_lease = 1000;

  /// A chunk of jobs with large args holds about so many bytes at most, and so
  /// many lie ready ahead: at least one job.
  static constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
  static constexpr std::size_t ahead_bytes = std::size_t{64} << 20;

  /// `jobs` handlers took `total` together.
  void performed(duration total, std::size_t jobs);
  /// A lease took so long.
  void leased(duration round_trip);
  /// So many jobs came, whose args have so many `bytes` in all.
  void arrived(std::size_t jobs, std::size_t bytes);

  /// Jobs that were fetched ahead lie there for `stall_time` while no slot gets
  /// anything done: none are fetched ahead until one does.
  void stalled() { stalled_ = true; }
  /// Slots that get something done do so a few times in this span, or nothing
  /// would have been fetched ahead for them.
  duration stall_time() const;

  /// How many jobs a slot gets at once.
  std::size_t chunk() const;
  /// How many jobs should lie ready beside those that idle slots take.
  std::size_t prefetch(std::size_t slots) const;
  /// How many to lease now; 0: not worth a call yet.
  std::size_t want(std::size_t idle, std::size_t slots,
                   std::size_t buffered) const;

private:
  /// How many jobs have so many bytes; at least one.
  std::size_t fitting(std::size_t bytes) const;

  /// Smoothed microseconds; negative: not known yet.
  double handler_ = -1;
  double lease_ = -1;
  /// Smoothed bytes of an arg; negative: not known yet.
  double size_ = -1;
  bool stalled_ = false;
};

} // namespace callboard::actors
