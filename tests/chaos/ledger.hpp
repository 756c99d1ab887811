#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace callboard::chaos {

/// Microseconds since 1970, by the clock that all processes of the machine and
/// its database servers share.
using micros = std::int64_t;

micros present();

/// What a job is to do; its arg is this as text.
struct plan {
  /// How long it takes.
  int milliseconds = 0;
  /// So many first attempts fail.
  int failures = 0;
  /// It reschedules itself until this is 0.
  int steps = 0;

  friend bool operator==(const plan&, const plan&) = default;
};

std::string to_text(const plan& what);

/// Nothing when it is not the text of a plan.
std::optional<plan> parse_plan(std::string_view text);

/// One line of the ledger: what a handler did, written by itself. The ledger
/// is a file, so that it knows nothing of the database's fate.
struct ledger_line {
  /// Whether the handler begins or ends.
  bool begins = true;
  micros at = 0;
  std::string id;
  std::int64_t fence = 0;
  int attempt = 0;
  /// Of its plan, when it began.
  int steps = 0;
  /// Which start of which process: "2.5" is the fifth start of node 2, "p2.5"
  /// that of performer 2.
  std::string life;
  /// At the end: complete, retry, fail, reschedule, dead, throw, stopped.
  std::string result = "-";

  friend bool operator==(const ledger_line&, const ledger_line&) = default;
};

/// Ends with a newline.
std::string to_text(const ledger_line& what);

std::optional<ledger_line> parse_ledger_line(std::string_view line);

/// Writes one line in one write, at the end of the file that the variable
/// CHAOS_LEDGER names; `at` and `life` (CHAOS_LIFE) are filled in. Ends the
/// process when it can't: nothing may happen that the ledger does not know.
void write_down(ledger_line what);

} // namespace callboard::chaos
