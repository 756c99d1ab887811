#include "actors/client/session_pool.hpp"

#include <exception>
#include <string>
#include <utility>

namespace callboard::actors {

session_pool::session_pool(database_ptr db, std::size_t most)
    : db_{std::move(db)}, most_{most} {}

result<session_pool::lent> session_pool::take() {
  std::unique_lock lock{mutex_};
  free_.wait(lock, [this] { return out_ < most_; });
  ++out_;
  if (!idle_.empty()) {
    lent found{std::move(idle_.back()), true};
    idle_.pop_back();
    return found;
  }
  lock.unlock();
  return connect();
}

result<session_pool::lent> session_pool::take_new() {
  std::unique_lock lock{mutex_};
  free_.wait(lock, [this] { return out_ < most_; });
  ++out_;
  // Its neighbours died with the one that proved dead, most likely.
  auto dead = std::exchange(idle_, {});
  lock.unlock();
  dead.clear();
  return connect();
}

result<session_pool::lent> session_pool::connect() {
  result<std::unique_ptr<job_store>> made = error{};
  try {
    made = db_->connect();
  } catch (const std::exception& e) {
    made = error{errc::internal,
                 std::string{"connecting threw an exception: "} + e.what()};
  }
  if (made)
    return lent{std::move(*made), false};
  put({});
  return made.error();
}

void session_pool::put(lent back) {
  {
    std::lock_guard lock{mutex_};
    --out_;
    if (back.store && !back.store->broken())
      idle_.push_back(std::move(back.store));
  }
  free_.notify_one();
}

} // namespace callboard::actors
