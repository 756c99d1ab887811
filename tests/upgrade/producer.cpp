#include "tests/upgrade/producer.hpp"

#include <chrono>
#include <utility>

namespace callboard::test {

namespace {

using namespace std::chrono_literals;

// The load: so many bulks a second, as long as they are performed.
constexpr auto rest = 40ms;
constexpr std::size_t most_waiting = 400;
constexpr std::size_t most_troubles = 2000;

std::vector<new_job> bulk(std::size_t number) {
  std::vector<new_job> jobs;
  auto add = [&](const char* queue, const char* type) {
    jobs.push_back({.queue = queue, .type = type});
    jobs.back().id
        = "j" + std::to_string(number) + "-" + std::to_string(jobs.size());
  };
  for (int i = 0; i < 4; ++i)
    add("mail", "quick");
  add("render", "quick");
  add("render", "quick");
  add(number % 3 == 0 ? "slow" : "mail", number % 3 == 0 ? "slow" : "quick");
  if (number % 8 == 0)
    add("render", "slow");
  return jobs;
}

} // namespace

producer::producer(remote_options by, std::function<std::size_t()> performed)
    : by_{std::move(by)}, performed_{std::move(performed)}, thread_{[this] {
        work();
      }} {}

producer::~producer() {
  stop();
}

void producer::stop() {
  {
    std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  told_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void producer::work() {
  for (std::size_t number = 0;; ++number) {
    store_bulk(number);
    std::unique_lock lock{mutex_};
    do {
      if (told_.wait_for(lock, rest, [&] { return stopping_; }))
        return;
    } while (stored_ > performed_() + most_waiting);
  }
}

void producer::store_bulk(std::size_t number) {
  auto jobs = bulk(number);
  for (;;) {
    auto answer = by_.try_bulk_enqueue(jobs);
    // All or none: an id that is there was stored by the call before.
    if (answer || answer.error().code == errc::job_already_exists)
      break;
    troubles_.push_back(to_string(answer.error()));
    if (troubles_.size() > most_troubles)
      return;
    std::unique_lock lock{mutex_};
    told_.wait_for(lock, rest, [&] { return stopping_; });
  }
  for (const auto& each : jobs)
    ids_.insert(each.id);
  stored_ += jobs.size();
}

} // namespace callboard::test
