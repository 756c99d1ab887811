#pragma once

#include "store/sqlite/guard.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace callboard::store {

/// Runs `work`, which only reads.
template <class Work>
auto sqlite_store::guarded(Work work) {
  auto answer = sqlite_guard(place_->name(), std::move(work));
  if (!answer && answer.error().code == errc::database_unreachable)
    broken_ = true;
  return answer;
}

/// Runs `work` in a write transaction.
template <class Work>
auto sqlite_store::written(Work work) {
  return guarded([&] {
    sqlite_transaction tx{*session_, *place_, patience()};
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      work();
      tx.commit();
    } else {
      auto answer = work();
      tx.commit();
      return answer;
    }
  });
}

} // namespace callboard::store
