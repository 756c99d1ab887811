#pragma once

#include "actors/client/remote_client.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace callboard::test {

/// A remote client that enqueues all the time: quick jobs, slow ones, and some
/// for performers, all or none of a bulk. Asks again under the same ids when a
/// node goes away before it has answered.
class producer {
public:
  /// `performed` tells how many jobs were; no more than some hundred wait.
  producer(remote_options by, std::function<std::size_t()> performed);
  ~producer();

  /// Waits for the end of the bulk that is under way.
  void stop();

  std::size_t stored() const { return stored_; }

  /// After `stop`: the ids of all that was stored, and what went wrong.
  const std::set<std::string>& ids() const { return ids_; }
  const std::vector<std::string>& troubles() const { return troubles_; }

private:
  void work();
  void store_bulk(std::size_t number);

  remote_client by_;
  std::function<std::size_t()> performed_;
  std::set<std::string> ids_;
  std::vector<std::string> troubles_;
  std::atomic<std::size_t> stored_ = 0;
  std::mutex mutex_;
  std::condition_variable told_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace callboard::test
