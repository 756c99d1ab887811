#pragma once

#include "tests/chaos/history.hpp"

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace callboard::chaos {

/// What those who enqueue were told. Thread-safe.
class book {
public:
  /// Before the first try: whatever happens now, the jobs are known.
  void open(const std::vector<promise>& jobs) {
    std::lock_guard lock{mutex_};
    for (const auto& each : jobs) {
      places_[each.id] = all_.size();
      all_.push_back(each);
    }
  }

  void set(const std::string& id, promise::state known) {
    std::lock_guard lock{mutex_};
    auto& one = all_[places_.at(id)];
    stored_ += known == promise::state::stored
               && one.known != promise::state::stored;
    one.known = known;
    one.at = present();
  }

  /// One more try whose fate is not known.
  void repeat(const std::string& id) {
    std::lock_guard lock{mutex_};
    ++all_[places_.at(id)].repeats;
  }

  void enqueue_took(micros span) {
    std::lock_guard lock{mutex_};
    slowest_ = std::max(slowest_, span);
  }

  /// What no witness should have seen.
  void complain(std::string what) {
    std::lock_guard lock{mutex_};
    complaints_.push_back(std::move(what));
  }

  std::vector<promise> promises() const {
    std::lock_guard lock{mutex_};
    return all_;
  }
  std::vector<std::string> complaints() const {
    std::lock_guard lock{mutex_};
    return complaints_;
  }
  micros slowest() const {
    std::lock_guard lock{mutex_};
    return slowest_;
  }

  /// How many jobs are stored that have not ended, about.
  std::int64_t backlog() const {
    std::lock_guard lock{mutex_};
    return std::max<std::int64_t>(
        0, stored_ - static_cast<std::int64_t>(ended_.size()));
  }
  void ended(const std::string& id) {
    std::lock_guard lock{mutex_};
    ended_.insert(id);
  }

private:
  mutable std::mutex mutex_;
  std::vector<promise> all_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<std::string> complaints_;
  std::int64_t stored_ = 0;
  std::unordered_set<std::string> ended_;
  micros slowest_ = 0;
};

} // namespace callboard::chaos
