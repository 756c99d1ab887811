#include "actors/isolation/child_pool.hpp"

#include <exception>
#include <utility>

namespace callboard::actors {

child_pool::child_pool(child_plan plan)
    : plan_{std::make_shared<const child_plan>(std::move(plan))} {}

child_pool::~child_pool() {
  for (auto& each : idle_)
    each->retire();
}

std::size_t child_pool::idle() const {
  std::lock_guard guard{mutex_};
  return idle_.size();
}

outcome child_pool::perform(const job& work, context& ctx) {
  if (ctx.stop().stop_requested())
    return fail("stopped before its handler was called");
  for (;;) {
    child_ptr child;
    // Without descriptors, memory or processes another attempt may do.
    try {
      child = take();
    } catch (const std::exception& x) {
      return fail("the process of its handler can't be started: "
                  + std::string{x.what()}
                  + "; lower the concurrency, or raise the limits of the "
                    "system");
    }
    auto done = child->perform(work, ctx);
    give_back(std::move(child), done.reusable);
    if (!done.untouched)
      return std::move(done.answer);
  }
}

child_pool::child_ptr child_pool::take() {
  for (;;) {
    child_ptr next;
    {
      std::lock_guard guard{mutex_};
      if (idle_.empty())
        break;
      next = std::move(idle_.back());
      idle_.pop_back();
    }
    // One that died meanwhile, or babbles, ends here.
    if (next->is_well())
      return next;
  }
  return std::make_unique<isolated_child>(plan_);
}

void child_pool::give_back(child_ptr child, bool reusable) {
  if (child->id() < 0)
    return;
  auto limit = plan_->settings.recycle_after;
  if (!reusable || (limit > 0 && child->jobs() >= limit))
    return child->retire();
  std::lock_guard guard{mutex_};
  idle_.push_back(std::move(child));
}

} // namespace callboard::actors
