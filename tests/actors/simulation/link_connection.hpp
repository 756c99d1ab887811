#pragma once

#include "tests/actors/simulation/link.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace callboard::simulation {

/// One connection of a process; without `inner` it is broken.
struct connection_line {
  std::shared_ptr<job_store> inner;
};

struct link::shared {
  std::shared_ptr<testing::memory_database> db;
  process_number who = 0;
  ledger& books;
  link_hooks hooks;
  std::shared_ptr<wake_wire> wire;
  std::vector<std::weak_ptr<connection_line>> open{};
  bool severed = false;

  error dead() const {
    return {errc::database_unreachable, "the simulation cut the connection"};
  }

  void cut(connection_line* line, duration noticed_after) {
    // Whatever broke: this process may be declared dead for it.
    books.give_cause(who);
    if (!line || !line->inner)
      return;
    auto inner = std::exchange(line->inner, nullptr);
    if (noticed_after > duration{0})
      hooks.bury(std::move(inner), noticed_after);
  }

  /// Does the work, unless fate has decided otherwise.
  template <class T, class F>
  result<T> call(const std::string& operation, connection_line* line, F work) {
    auto broken = [&] {
      return severed || (line && !line->inner);
    };
    auto fate = hooks.fate(operation);
    if (fate && fate->before > duration{0})
      hooks.sleep(fate->before);
    if (broken())
      return dead();
    using kind = strike::kind;
    if (fate && fate->how != kind::answer_lost && strikes(*fate)) {
      books.note("process " + std::to_string(who) + " " + operation
                 + " fails before its work");
      if (fate->how == kind::refused)
        return error{fate->why, "the simulation refused the call"};
      cut(line, fate->noticed_after);
      if (fate->how == kind::thrown)
        throw std::runtime_error{"the simulation threw"};
      return dead();
    }
    result<T> answer = work();
    if (fate && fate->after > duration{0})
      hooks.sleep(fate->after);
    if (broken())
      return dead();
    if (fate && fate->how == kind::answer_lost && strikes(*fate)) {
      books.note("process " + std::to_string(who) + " " + operation
                 + " loses its answer");
      cut(line, fate->noticed_after);
      return error{errc::commit_unknown, "the simulation lost the answer"};
    }
    return answer;
  }

  /// A strike may only make a call slow.
  static bool strikes(const strike& x) { return x.why != errc{}; }
};

std::unique_ptr<job_store> make_connection(std::shared_ptr<link::shared> owner,
                                           std::shared_ptr<connection_line> to);

} // namespace callboard::simulation
