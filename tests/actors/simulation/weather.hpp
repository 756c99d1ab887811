#pragma once

#include "tests/actors/simulation/dice.hpp"

#include <string>

namespace callboard::simulation {

/// What can go wrong in one simulation, and how often. Each draws its own, so
/// that some have only one kind of trouble and others all. The numbers are
/// chances in a thousand: of each call, or of each act.
struct weather {
  std::size_t processes = 1;
  bool wake_ups = true;

  // Of each call to the database.
  unsigned refused = 0;
  unsigned broken = 0;
  unsigned answer_lost = 0;
  unsigned thrown = 0;
  unsigned slow = 0;
  /// Of each broken connection: its lock is held for a while.
  unsigned half_open = 0;
  /// Of each hint.
  unsigned hint_lost = 0;

  // Of each act.
  unsigned kill_actor = 0;
  unsigned kill_vital = 0;
  unsigned kill_process = 0;
  unsigned freeze = 0;
  unsigned outage = 0;
  unsigned upgrade = 0;
  unsigned close = 0;
  unsigned cancel = 0;
  unsigned lag = 0;
  unsigned long_wait = 0;
  /// Many quick jobs at once. Leases take a while then, or nothing would be
  /// fetched ahead.
  unsigned rush = 0;

  /// A job kills whoever performs it.
  bool poison = false;
  bool timeouts = false;
  bool slow_handlers = false;

  static weather draw(dice& chance);
};

/// For people.
std::string to_string(const weather& x);

} // namespace callboard::simulation
