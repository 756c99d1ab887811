#include "app/bench/ledger.hpp"

#include "app/cli/text.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>

namespace callboard::app::bench {

// All zero at first, as new memory is.
struct ledger::shared {
  std::uint64_t jobs;
  std::atomic<std::uint64_t> stored;
  std::atomic<std::uint64_t> begun;
  std::atomic<std::uint64_t> foreign;
  std::atomic<std::uint64_t> settled[most_parts];
};

// Moments in nanoseconds; 0 is never.
struct ledger::entry {
  /// Only of the first job of a call.
  std::atomic<std::int64_t> called;
  std::atomic<std::int64_t> stored;
  std::atomic<std::int64_t> began;
  std::atomic<std::uint32_t> count;
};

namespace {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

constexpr auto relaxed = std::memory_order_relaxed;

std::int64_t number_of(ledger::instant moment) {
  return std::chrono::nanoseconds{moment.time_since_epoch()}.count();
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

std::string count_of(std::size_t number, const char* what) {
  return show_number(static_cast<std::int64_t>(number)) + " " + what;
}

} // namespace

std::string audit::text() const {
  if (clean())
    return "each of " + count_of(jobs, "jobs was performed exactly once");
  std::string wrong;
  auto add = [&](std::size_t number, const char* what) {
    if (number != 0)
      wrong += (wrong.empty() ? "" : ", ") + count_of(number, what);
  };
  add(lost, "lost");
  add(repeated, "performed more than once");
  add(unstored, "performed but not stored");
  add(foreign, "of somebody else performed");
  return "of " + count_of(jobs, "jobs: ") + wrong;
}

ledger::ledger(std::size_t jobs)
    : file_{memfd_create("callboard-bench", MFD_CLOEXEC)},
      size_{sizeof(shared) + jobs * sizeof(entry)} {
  if (!file_ || ftruncate(file_.get(), static_cast<off_t>(size_)) != 0)
    fail("memory for the ledger of the bench");
  map();
  shared_->jobs = jobs;
}

ledger::ledger(const std::string& path)
    : file_{::open(path.c_str(), O_RDWR | O_CLOEXEC)} {
  struct stat facts {};
  if (!file_ || fstat(file_.get(), &facts) != 0)
    fail("the ledger of the bench");
  size_ = static_cast<std::size_t>(facts.st_size);
  map();
}

ledger::~ledger() {
  munmap(shared_, size_);
}

void ledger::map() {
  auto* memory = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED,
                      file_.get(), 0);
  if (memory == MAP_FAILED)
    fail("memory for the ledger of the bench");
  shared_ = static_cast<shared*>(memory);
  entries_ = reinterpret_cast<entry*>(shared_ + 1);
}

std::string ledger::path() const {
  return "/proc/" + std::to_string(getpid()) + "/fd/"
         + std::to_string(file_.get());
}

std::size_t ledger::jobs() const noexcept {
  return shared_->jobs;
}

void ledger::stored(std::size_t first, std::size_t last, instant begin,
                    instant end) {
  entries_[first].called.store(number_of(begin), relaxed);
  for (auto number = first; number < last; ++number)
    entries_[number].stored.store(number_of(end), relaxed);
  shared_->stored.fetch_add(last - first);
}

void ledger::began(std::uint64_t number, instant at) {
  if (number >= shared_->jobs)
    return foreign();
  auto& job = entries_[number];
  if (job.count.fetch_add(1) != 0)
    return;
  job.began.store(number_of(at), relaxed);
  shared_->begun.fetch_add(1);
}

void ledger::foreign() {
  shared_->foreign.fetch_add(1);
}

void ledger::settled(std::size_t part, std::uint64_t count) {
  shared_->settled[part].store(count);
}

std::uint64_t ledger::stored() const {
  return shared_->stored.load();
}

std::uint64_t ledger::begun() const {
  return shared_->begun.load();
}

std::uint64_t ledger::settled() const {
  std::uint64_t sum = 0;
  for (const auto& part : shared_->settled)
    sum += part.load();
  return sum;
}

bool ledger::has_begun(std::size_t number) const {
  return entries_[number].count.load() != 0;
}

audit ledger::check() const {
  audit seen;
  seen.jobs = jobs();
  seen.foreign = shared_->foreign.load();
  for (std::size_t number = 0; number < jobs(); ++number) {
    auto count = entries_[number].count.load();
    auto was_stored = entries_[number].stored.load() != 0;
    seen.lost += count == 0 ? 1U : 0U;
    seen.repeated += count > 1 ? 1U : 0U;
    seen.unstored += count != 0 && !was_stored ? 1U : 0U;
  }
  return seen;
}

distribution ledger::calls() const {
  distribution found;
  for (std::size_t number = 0; number < jobs(); ++number) {
    const auto& job = entries_[number];
    if (auto called = job.called.load(); called != 0)
      found.add(std::chrono::nanoseconds{job.stored.load() - called});
  }
  return found;
}

distribution ledger::pickups() const {
  distribution found;
  for (std::size_t number = 0; number < jobs(); ++number) {
    const auto& job = entries_[number];
    auto stored = job.stored.load();
    auto began = job.began.load();
    if (stored != 0 && began != 0)
      found.add(std::chrono::nanoseconds{began - stored});
  }
  return found;
}

} // namespace callboard::app::bench
