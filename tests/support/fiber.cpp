#include "tests/support/fiber.hpp"

#include <cxxabi.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define CALLBOARD_FIBERS_WITH_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CALLBOARD_FIBERS_WITH_ASAN
#endif
#endif

#ifdef CALLBOARD_FIBERS_WITH_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace callboard::testing {

namespace {

constexpr std::size_t stack_size = 512 * 1024;

/// A stack with a page below it that nobody may touch.
class guarded_stack {
public:
  guarded_stack() : page_{static_cast<std::size_t>(sysconf(_SC_PAGESIZE))} {
    whole_ = mmap(nullptr, page_ + stack_size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (whole_ == MAP_FAILED)
      throw std::bad_alloc{};
    if (mprotect(whole_, page_, PROT_NONE) != 0)
      std::abort();
  }

  ~guarded_stack() { munmap(whole_, page_ + stack_size); }

  guarded_stack(const guarded_stack&) = delete;
  guarded_stack& operator=(const guarded_stack&) = delete;

  void* bottom() const { return static_cast<std::byte*>(whole_) + page_; }

private:
  std::size_t page_;
  void* whole_ = nullptr;
};

/// What the C++ runtime knows of exceptions that are being handled, which
/// belongs to a stack rather than to a thread.
struct exception_state {
  std::byte bytes[sizeof(void*) + sizeof(unsigned int)] = {};

  void save() { std::memcpy(bytes, abi::__cxa_get_globals(), sizeof bytes); }
  void load() const {
    std::memcpy(static_cast<void*>(abi::__cxa_get_globals()), bytes,
                sizeof bytes);
  }
};

/// One side of a switch.
struct side {
  ucontext_t context{};
  exception_state exceptions;
  const void* bottom = nullptr;
  std::size_t size = 0;
  void* fake_stack = nullptr;
};

void arrive([[maybe_unused]] side& here, [[maybe_unused]] side* from) {
#ifdef CALLBOARD_FIBERS_WITH_ASAN
  const void* bottom = nullptr;
  std::size_t size = 0;
  __sanitizer_finish_switch_fiber(here.fake_stack, &bottom, &size);
  if (from) {
    from->bottom = bottom;
    from->size = size;
  }
#endif
}

void change(side& from, side& to) {
  from.exceptions.save();
  to.exceptions.load();
#ifdef CALLBOARD_FIBERS_WITH_ASAN
  __sanitizer_start_switch_fiber(&from.fake_stack, to.bottom, to.size);
#endif
  if (swapcontext(&from.context, &to.context) != 0)
    std::abort();
  arrive(from, nullptr);
}

} // namespace

struct fiber::impl {
  guarded_stack stack;
  side inside;
  side outside;
  std::function<void()> what;
  bool ended = true;

  static impl* current;

  impl() {
    getcontext(&inside.context);
    inside.context.uc_stack.ss_sp = stack.bottom();
    inside.context.uc_stack.ss_size = stack_size;
    inside.bottom = stack.bottom();
    inside.size = stack_size;
    // makecontext passes ints: the address comes in two halves.
    auto me = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&inside.context, reinterpret_cast<void (*)()>(&impl::enter), 2,
                static_cast<unsigned>(me >> 32U), static_cast<unsigned>(me));
  }

  static void enter(unsigned high, unsigned low) {
    auto me = (static_cast<std::uintptr_t>(high) << 32U) | low;
    reinterpret_cast<impl*>(me)->live();
  }

  [[noreturn]] void live() {
    arrive(inside, &outside);
    for (;;) {
      what();
      what = nullptr;
      ended = true;
      change(inside, outside);
    }
  }

  void run() {
    auto* before = std::exchange(current, this);
    change(outside, inside);
    current = before;
  }
};

fiber::impl* fiber::impl::current = nullptr;

fiber::fiber() : impl_{std::make_unique<impl>()} {}

fiber::~fiber() {
  assert(impl_->ended);
}

void fiber::start(std::function<void()> what) {
  assert(impl_->ended);
  impl_->what = std::move(what);
  impl_->ended = false;
  impl_->run();
}

void fiber::go_on() {
  assert(!impl_->ended);
  impl_->run();
}

bool fiber::ended() const noexcept {
  return impl_->ended;
}

void fiber::pause() {
  auto* me = impl::current;
  assert(me);
  change(me->inside, me->outside);
}

bool fiber::on_one() noexcept {
  return impl::current != nullptr;
}

std::unique_ptr<fiber> fiber_pool::take() {
  if (idle_.empty())
    return std::make_unique<fiber>();
  auto found = std::move(idle_.back());
  idle_.pop_back();
  return found;
}

void fiber_pool::put(std::unique_ptr<fiber> ended) {
  idle_.push_back(std::move(ended));
}

} // namespace callboard::testing
