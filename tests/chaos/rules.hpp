#pragma once

#include "tests/chaos/story.hpp"

#include <string>
#include <vector>

namespace callboard::chaos {

/// A promise that was broken.
struct finding {
  /// The name of the rule, such as "lost".
  std::string rule;
  std::string what;
};

using findings = std::vector<finding>;

/// All rules.
findings check(const story& told);

// -- each by itself
// -----------------------------------------------------------

/// A job that was acknowledged is stored, and one that was refused is not; each
/// stored one is performed to its end or dies for a known reason.
void check_jobs(const story& told, findings& found);

/// A dead letter has a cause, and only what earned it dies.
void check_deaths(const story& told, findings& found);

/// Every accepted outcome is that of the lease it stands for, given by its own
/// handler, once.
void check_outcomes(const story& told, findings& found);

/// A lease is taken from a node only when a fault explains it, its handler
/// begins once at most, and attempts and args follow from what happened before.
void check_leases(const story& told, findings& found);

/// Jobs of a queue that is left to performers are performed by these alone; a
/// performer is lost only when a fault explains it, and so are two performances
/// of one job at the same time.
void check_performers(const story& told, findings& found);

/// No process ends by itself, runs more jobs than it has slots, or fails to end
/// when asked.
void check_nodes(const story& told, findings& found);

} // namespace callboard::chaos
