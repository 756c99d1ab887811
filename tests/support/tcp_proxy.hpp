#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace callboard::test {

/// A network between programs and one server, for tests to break: whoever
/// connects to `port()` on 127.0.0.1 talks to the server. One thread forwards;
/// each control has taken effect when it returns. Thread-safe.
class tcp_proxy {
public:
  using milliseconds = std::chrono::milliseconds;

  enum class direction { to_server, to_client, both };

  /// `target` is a port on 127.0.0.1, where nobody has to listen yet.
  explicit tcp_proxy(std::uint16_t target);

  /// Resets all connections.
  ~tcp_proxy();

  tcp_proxy(const tcp_proxy&) = delete;
  tcp_proxy& operator=(const tcp_proxy&) = delete;

  /// Where to connect, the same for the proxy's whole life.
  std::uint16_t port() const noexcept;

  // -- faults -----------------------------------------------------------------

  /// Nothing passes any more, and nothing is lost: what is said meanwhile
  /// passes after `resume`, as after a short fault of a network. New
  /// connections are taken and get no answer.
  void freeze();

  /// What is said in this direction is lost, also the news that one end hung
  /// up: the half-open connection that no reset tells of. It stays so for these
  /// connections even after `resume`. With `both`, new connections are taken
  /// and get no answer, for ever; otherwise they lose the same direction.
  void swallow(direction what = direction::both);

  /// New connections are refused; present ones go on.
  void refuse();

  /// Resets all connections. New ones are taken.
  void cut();

  /// Each piece that is forwarded waits so long first. Zero ends it.
  void delay(milliseconds time);

  /// Ends `freeze`, `swallow` and `refuse`.
  void resume();

  // -- looking ----------------------------------------------------------------

  /// How many connections are open now, lost ones included.
  std::size_t connections() const;

  /// How many were taken since the start.
  std::size_t accepted() const;

  /// Blocks until so many connections were taken since the start; false when
  /// `limit` passes first.
  bool await_accepted(std::size_t count,
                      milliseconds limit = std::chrono::seconds{20}) const;

private:
  class worker;
  std::unique_ptr<worker> worker_;
};

} // namespace callboard::test
