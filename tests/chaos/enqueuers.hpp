#pragma once

#include "actors/client/client.hpp"
#include "tests/chaos/book.hpp"
#include "tests/chaos/settings.hpp"
#include "tests/chaos/workload.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace callboard::chaos {

/// Enqueues through the C++ client, over a network of its own that faults may
/// break. Tries again with the same ids when it was not told whether they are
/// stored.
class client_enqueuer {
public:
  client_enqueuer(const settings& rules, book& notes);

  /// Until it is told to stop.
  void run(const std::stop_token& stop);

  /// New jobs, again and again while their fate is unknown. False: refused.
  /// Any thread.
  bool store(const std::vector<promise>& jobs, const std::stop_token& stop);

  /// Null for SQLite.
  test::tcp_proxy* network() { return network_.get(); }

private:
  const settings& rules_;
  book& notes_;
  workload jobs_;
  std::unique_ptr<test::tcp_proxy> network_;
  client client_;
};

/// Enqueues through the command line, a bulk on standard input at a time.
class program_enqueuer {
public:
  program_enqueuer(const settings& rules, book& notes);

  void run(const std::stop_token& stop);

  /// The next one of its programs is killed while it works. Any thread.
  void kill_next() { kill_next_ = true; }

private:
  /// One program. False: somebody must try again.
  bool store(const std::vector<promise>& jobs, bool again,
             const std::stop_token& stop);
  void settle(const std::vector<promise>& jobs, bool again, int code,
              const std::string& out, const std::string& err);

  const settings& rules_;
  book& notes_;
  workload jobs_;
  std::string config_;
  std::atomic<bool> kill_next_ = false;
};

} // namespace callboard::chaos
