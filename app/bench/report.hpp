#pragma once

#include "app/bench/trial.hpp"

#include <boost/json/fwd.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace callboard::app::bench {

/// A table for people, and the verdict of the ledger.
void print_table(const std::vector<measurement>& seen, std::ostream& out,
                 bool colours);

/// One document; docs/commands.md lists the keys. `verified` says that nothing
/// at all went wrong.
boost::json::object to_json(const std::vector<measurement>& seen, bool verified,
                            const options& how, const std::string& database);

/// Whether every job of each of them was performed exactly once.
bool all_clean(const std::vector<measurement>& seen);

} // namespace callboard::app::bench
