#include "app/daemon/wishes.hpp"

#include "app/cli/exit_code.hpp"

#include <unistd.h>

#include <csignal>
#include <utility>

namespace callboard::app {

wish_queue::wish_queue() : signals_{SIGTERM, SIGINT, SIGHUP} {
  std::signal(SIGPIPE, SIG_IGN);
}

wish_queue::~wish_queue() {
  signals_.interrupt();
  if (thread_.joinable())
    thread_.join();
}

void wish_queue::start(std::function<void()> last_words) {
  last_words_ = std::move(last_words);
  thread_ = std::thread{[this] {
    take_signals();
  }};
}

void wish_queue::push(wish what) {
  {
    std::lock_guard lock{mutex_};
    wishes_.push_back(what);
  }
  changed_.notify_all();
}

wish wish_queue::next() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [&] { return !wishes_.empty(); });
  auto first = wishes_.front();
  wishes_.pop_front();
  return first;
}

void wish_queue::take_signals() {
  auto asked_to_end = false;
  while (auto signal = signals_.wait()) {
    if (*signal == SIGHUP) {
      push(wish::reload);
      continue;
    }
    if (std::exchange(asked_to_end, true)) {
      last_words_();
      _exit(static_cast<int>(exit_code::failed));
    }
    push(wish::end);
  }
}

} // namespace callboard::app
