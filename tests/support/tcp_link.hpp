#pragma once

#include "actors/process/unique_fd.hpp"

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace callboard::test {

/// One connection through a tcp_proxy: two sockets and what is on its way
/// between them. Owned by the proxy's thread; never blocks.
class tcp_link {
public:
  using steady = std::chrono::steady_clock;
  using milliseconds = std::chrono::milliseconds;

  tcp_link(actors::unique_fd client, actors::unique_fd server);

  tcp_link(const tcp_link&) = delete;
  tcp_link& operator=(const tcp_link&) = delete;

  /// From now on these directions lose what is said; never undone.
  void lose(bool to_server, bool to_client);

  /// Says what to wait for. `wait` is lowered to when a piece is due.
  void watch(std::vector<pollfd>& watched, milliseconds& wait) const;

  /// Reads and writes what it can without waiting.
  void forward(steady::time_point now, milliseconds delay);

  /// Ends it as a crash of the peer does: both ends get a reset.
  void reset();

  bool over() const;

private:
  struct piece {
    steady::time_point due;
    std::string bytes;
  };

  struct flow {
    const actors::unique_fd* from;
    const actors::unique_fd* to;
    std::deque<piece> pieces{};
    std::size_t size = 0;
    bool lossy = false;
    /// `from` has hung up.
    bool ended = false;
    /// `to` was told so, or will never be.
    bool told = false;
  };

  static void drop(flow& x);
  /// False: the connection is broken.
  static bool read(flow& x, steady::time_point due);
  static bool write(flow& x, steady::time_point now);

  actors::unique_fd client_;
  actors::unique_fd server_;
  flow up_;
  flow down_;
};

} // namespace callboard::test
