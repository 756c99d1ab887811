#include "actors/poller/chunk.hpp"

#include <utility>

namespace callboard::actors {

chunk::chunk(std::uint64_t number, std::vector<leased_job> jobs)
    : number_{number}, jobs_{std::move(jobs)}, items_{std::make_unique<item[]>(
                                                   jobs_.size())} {}

chunk::state chunk::at(std::size_t i) const noexcept {
  return items_[i].now.load(std::memory_order_acquire);
}

bool chunk::claim(std::size_t i) noexcept {
  auto expected = state::waiting;
  return items_[i].now.compare_exchange_strong(expected, state::claimed);
}

void chunk::start(std::size_t i) noexcept {
  items_[i].ran = true;
  items_[i].now.store(state::started, std::memory_order_release);
}

bool chunk::finish(std::size_t i, execution result) {
  auto& one = items_[i];
  one.result = std::move(result);
  auto expected = one.ran ? state::started : state::claimed;
  return one.now.compare_exchange_strong(expected, state::done);
}

bool chunk::decline(std::size_t i, duration wait) noexcept {
  items_[i].declined = wait;
  return finish(i, {});
}

bool chunk::give_up(std::size_t i) noexcept {
  auto expected = state::started;
  return items_[i].now.compare_exchange_strong(expected, state::given_up);
}

bool chunk::take_back(std::size_t i) noexcept {
  auto expected = state::waiting;
  return items_[i].now.compare_exchange_strong(expected, state::taken);
}

bool chunk::never_started(std::size_t i) const noexcept {
  return at(i) == state::claimed;
}

bool chunk::announce(std::size_t i) {
  return !std::exchange(items_[i].announced, true);
}

bool chunk::record(std::size_t i) {
  return !std::exchange(items_[i].recorded, true) && !jobs_[i].recorded;
}

bool chunk::harvest(std::size_t i) {
  return !std::exchange(items_[i].harvested, true);
}

} // namespace callboard::actors
