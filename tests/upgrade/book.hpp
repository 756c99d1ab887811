#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace callboard::test {

/// What the programs of a rehearsal write down, through a named pipe: see
/// book_line.hpp. Thread-safe.
class book {
public:
  /// Makes the pipe at `path`.
  explicit book(const std::string& path);
  ~book();

  book(const book&) = delete;
  book& operator=(const book&) = delete;

  std::vector<std::string> lines() const;
  std::size_t size() const;

  /// Waits until a line from number `from` on begins like this.
  void await(const std::string& beginning, std::size_t from = 0);

  /// Waits until `done`, which is asked after each line; `what` is for the
  /// error when that takes more than a minute.
  void await(const std::string& what,
             const std::function<bool(const std::vector<std::string>&)>& done);

private:
  void read_on();

  int pipe_ = -1;
  int end_[2] = {-1, -1};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  std::thread reader_;
};

} // namespace callboard::test
