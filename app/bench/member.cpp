#include "app/bench/member.hpp"

#include <utility>

namespace callboard::app::bench {

using namespace std::chrono_literals;

local_member::local_member(database_ptr db, client_options node,
                           const part_plan& plan, ledger& book)
    : book_{book}, part_{std::move(db), std::move(node), plan, book} {}

void local_member::give(const order& what) {
  pending_ = std::async(std::launch::async, [this, what]() -> result<void> {
    if (const auto* jobs = std::get_if<production>(&what))
      return part_.produce(*jobs);
    if (const auto* first = std::get_if<preparation>(&what))
      return part_.prepare(*first);
    return std::holds_alternative<work_order>(what) ? part_.work()
                                                    : part_.close();
  });
}

std::optional<result<void>> local_member::answer() {
  // What is counted often costs what is measured: only the end is waited for.
  auto now = ledger::clock::now();
  if (book_.begun() >= book_.jobs() || now - reported_at_ >= 100ms) {
    part_.report();
    reported_at_ = now;
  }
  if (!pending_.valid() || pending_.wait_for(0s) != std::future_status::ready)
    return std::nullopt;
  return pending_.get();
}

} // namespace callboard::app::bench
