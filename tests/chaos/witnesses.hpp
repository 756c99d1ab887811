#pragma once

#include "tests/chaos/history.hpp"

#include <string>
#include <vector>

namespace callboard::chaos {

/// Reads a ledger as it grows. A line that is not finished yet waits.
class ledger_reader {
public:
  explicit ledger_reader(std::string path);

  /// What came since the last time. Throws at a line that is none.
  std::vector<ledger_line> more();

private:
  std::string path_;
  std::streamoff read_ = 0;
};

/// Puts begins and ends together. An end without a begin becomes a
/// performance that began never, which no rule accepts.
std::vector<performance> performances_of(const std::vector<ledger_line>& lines);

/// What a node's log (JSON, a line each) says of its outcomes. A last line that
/// a kill cut off is passed over.
std::vector<claim> claims_in(const std::string& log_file,
                             const std::string& life);

} // namespace callboard::chaos
