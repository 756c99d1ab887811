#pragma once

#include "store/model/lease.hpp"
#include "store/model/new_job.hpp"
#include "store/model/status.hpp"

#include <array>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace callboard::machine {

enum class action : std::uint8_t {
  enqueue,
  lease,
  start,
  settle,
  release,
  heartbeat,
  held,
  crash,
  join,
  leave,
  reclaim,
  advance,
  cancel,
  revive,
  purge
};

/// One step of a random sequence. Its numbers mean something in every state,
/// so that a sequence stays one when steps are taken out of it.
struct step {
  action what = action::advance;
  int node = 0;
  int job = 0;
  int queue = 0;
  /// What they choose depends on `what`: the functions below say it.
  int a = 0;
  int b = 0;
  int c = 0;
};

std::ostream& operator<<(std::ostream& out, const step& x);

inline constexpr std::size_t node_count = 3;
inline constexpr int job_count = 6;

std::string node_name(const step& x);
std::string job_id(int number);

std::vector<new_job> jobs_of(const step& x);
lease_request request_of(const step& x);
duration delay_of(const step& x);
duration advance_of(const step& x);
reclaim_rule rule_of(const step& x);
std::vector<std::string> cancelled_ids(const step& x);
dead_filter filter_of(const step& x);
/// The numbers of the leases it is about, of so many that were given: one or
/// two, old ones too. None when none was given.
std::vector<std::size_t> leases_of(const step& x, std::size_t given);
/// What becomes of the first of them; the second one is completed.
settlement settlement_of(const step& x);

} // namespace callboard::machine
