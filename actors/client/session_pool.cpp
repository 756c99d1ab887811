#include "actors/client/session_pool.hpp"

#include <exception>
#include <string>
#include <utility>

namespace callboard::actors {

session_pool::session_pool(database_ptr db, duration timeout, std::size_t most)
    : db_{std::move(db)}, timeout_{timeout}, most_{most} {}

bool session_pool::is_stale(const error& why) {
  return why.code == errc::database_unreachable
         || why.code == errc::database_read_only;
}

result<session_pool::lent> session_pool::take(steady::time_point end) {
  std::unique_lock lock{mutex_};
  if (!await_place(lock, end))
    return no_place();
  if (!idle_.empty()) {
    lent found{std::move(idle_.back()), true};
    idle_.pop_back();
    return found;
  }
  lock.unlock();
  return connect(end);
}

result<session_pool::lent> session_pool::take_new(steady::time_point end) {
  std::unique_lock lock{mutex_};
  if (!await_place(lock, end))
    return no_place();
  // Its neighbours died with the one that proved dead, most likely.
  auto dead = std::exchange(idle_, {});
  lock.unlock();
  for (auto& each : dead)
    each->give_up_at(steady::now());
  dead.clear();
  return connect(end);
}

bool session_pool::await_place(std::unique_lock<std::mutex>& lock,
                               steady::time_point end) {
  if (!free_.wait_until(lock, end, [this] { return out_ < most_; }))
    return false;
  ++out_;
  return true;
}

error session_pool::no_place() const {
  return {errc::timed_out,
          "none of the " + std::to_string(most_) + " connections to "
              + db_->name()
              + " became free in time: nothing was stored; try again later"};
}

result<session_pool::lent> session_pool::connect(steady::time_point end) {
  result<std::unique_ptr<job_store>> made = error{};
  try {
    // A half for each: a server that ends a statement says for certain that
    // nothing was stored.
    made = db_->connect_within({timeout_ / 2, timeout_ / 2, end});
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
