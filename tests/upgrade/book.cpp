#include "tests/upgrade/book.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace callboard::test {

namespace {

constexpr std::chrono::minutes patience{1};

} // namespace

book::book(const std::string& path) {
  // Open both ways, it never ends.
  if (::mkfifo(path.c_str(), 0600) != 0
      || (pipe_ = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0
      || ::pipe2(end_, O_CLOEXEC) != 0)
    throw std::runtime_error{"no pipe for the book"};
  reader_ = std::thread{[this] {
    read_on();
  }};
}

book::~book() {
  ::close(end_[1]);
  reader_.join();
  ::close(end_[0]);
  ::close(pipe_);
}

std::vector<std::string> book::lines() const {
  std::lock_guard lock{mutex_};
  return lines_;
}

std::size_t book::size() const {
  std::lock_guard lock{mutex_};
  return lines_.size();
}

void book::await(const std::string& beginning, std::size_t from) {
  await(beginning, [&](const std::vector<std::string>& all) {
    return std::any_of(
        all.begin() + static_cast<std::ptrdiff_t>(from), all.end(),
        [&](const std::string& x) { return x.starts_with(beginning); });
  });
}

void book::await(
    const std::string& what,
    const std::function<bool(const std::vector<std::string>&)>& done) {
  std::unique_lock lock{mutex_};
  if (!changed_.wait_for(lock, patience, [&] { return done(lines_); }))
    throw std::runtime_error{"it did not come in time: " + what};
}

void book::read_on() {
  std::string rest;
  for (;;) {
    pollfd both[] = {{pipe_, POLLIN, 0}, {end_[0], POLLIN, 0}};
    ::poll(both, 2, -1);
    if (both[1].revents != 0)
      return;
    char bytes[4096];
    auto got = ::read(pipe_, bytes, sizeof bytes);
    if (got <= 0)
      continue;
    rest.append(bytes, static_cast<std::size_t>(got));
    std::lock_guard lock{mutex_};
    for (auto end = rest.find('\n'); end != rest.npos; end = rest.find('\n')) {
      lines_.push_back(rest.substr(0, end));
      rest.erase(0, end + 1);
    }
    changed_.notify_all();
  }
}

} // namespace callboard::test
