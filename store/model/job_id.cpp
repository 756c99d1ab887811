#include "store/model/job_id.hpp"

#include "store/model/time.hpp"

#include <pthread.h>
#include <sys/random.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <system_error>

namespace callboard {

namespace {

std::atomic<unsigned> forks{0};

// Random bytes of the operating system, fetched in blocks because an id costs
// less than a system call. A child of fork() must not give out what its parent
// has in stock, hence the count.
class random_stock {
public:
  std::uint64_t draw() {
    if (next_ == words_.size() || forks_ != forks.load())
      refill();
    return words_[next_++];
  }

private:
  void refill() {
    static const int registered
        = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1); });
    if (registered != 0)
      throw std::system_error{registered, std::generic_category(), "atfork"};
    forks_ = forks.load();
    // Requests of up to 256 bytes are never cut short.
    if (getrandom(words_.data(), sizeof(words_), 0)
        != static_cast<ssize_t>(sizeof(words_)))
      throw std::system_error{errno, std::generic_category(), "getrandom"};
    next_ = 0;
  }

  std::array<std::uint64_t, 32> words_{};
  std::size_t next_ = words_.size();
  unsigned forks_ = 0;
};

std::uint64_t random_word() {
  thread_local random_stock stock;
  return stock.draw();
}

// 48 bits of milliseconds and a 12 bit counter that starts in the lower half
// of its range, so that a millisecond has room for 2048 ids or more. When that
// is used up, or the clock goes back, the ids run ahead of the clock.
std::uint64_t next_stamp() {
  static std::atomic<std::uint64_t> last{0};
  auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(
      system_now().time_since_epoch());
  auto fresh = static_cast<std::uint64_t>(since_epoch.count()) << 12
               | (random_word() & 0x7ff);
  auto seen = last.load();
  for (;;) {
    auto stamp = fresh > seen ? fresh : seen + 1;
    if (last.compare_exchange_weak(seen, stamp))
      return stamp;
  }
}

void append_hex(std::string& out, std::uint64_t value, int digits) {
  constexpr std::string_view alphabet = "0123456789abcdef";
  for (auto shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out += alphabet[(value >> shift) & 0xf];
}

} // namespace

std::string new_job_id() {
  auto stamp = next_stamp();
  auto random = random_word();
  std::string out;
  out.reserve(36);
  append_hex(out, stamp >> 28, 8);
  out += '-';
  append_hex(out, stamp >> 12, 4);
  out += "-7";
  append_hex(out, stamp, 3);
  out += '-';
  // The two highest bits are the variant, 10.
  append_hex(out, 0x8000 | (random >> 48 & 0x3fff), 4);
  out += '-';
  append_hex(out, random, 12);
  return out;
}

std::string new_request_id() {
  std::string out;
  out.reserve(32);
  append_hex(out, random_word(), 16);
  append_hex(out, random_word(), 16);
  return out;
}

} // namespace callboard
