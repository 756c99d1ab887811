#pragma once

#include "actors/isolation/isolated_child.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace callboard::actors {

/// The processes of one isolated queue: as many as jobs run at once, started
/// when they are first needed, the one used last used first. Thread-safe; goes
/// with the last slot of its generation, and retires them then.
class child_pool {
public:
  explicit child_pool(child_plan plan);
  child_pool(const child_pool&) = delete;
  child_pool& operator=(const child_pool&) = delete;
  ~child_pool();

  /// Performs a job in one of them; blocks.
  outcome perform(const job& work, context& ctx);

  /// Those that wait for a job.
  std::size_t idle() const;

private:
  using child_ptr = std::unique_ptr<isolated_child>;

  child_ptr take();
  void give_back(child_ptr child, bool reusable);

  std::shared_ptr<const child_plan> plan_;
  mutable std::mutex mutex_;
  std::vector<child_ptr> idle_;
};

} // namespace callboard::actors
