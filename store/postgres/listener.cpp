#include "store/postgres/listener.hpp"

#include "store/postgres/guard.hpp"
#include "store/postgres/statements/enqueue.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>

namespace callboard::store {

postgres_listener::postgres_listener(
    std::unique_ptr<postgres_connection> connection)
    : connection_{std::move(connection)} {
  auto channels = connection_->query(postgres::channels);
  joins_ = channels.text(0, 1);
  connection_->run("listen " + quoted_name(channels.text(0, 0)));
  connection_->run("listen " + quoted_name(joins_));
  interrupt_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (interrupt_ < 0)
    throw failure{{errc::internal,
                   "no file descriptor left for a listener: raise the limit of"
                   " open files"}};
}

postgres_listener::~postgres_listener() {
  ::close(interrupt_);
}

result<hints> postgres_listener::wait(duration limit) {
  using std::chrono::steady_clock;
  return postgres_guard(connection_->name(), [&] {
    auto deadline = steady_clock::now() + std::max(limit, duration{0});
    // Some may have come along with an answer.
    auto heard = drain();
    while (heard.empty()) {
      auto left = std::chrono::ceil<std::chrono::milliseconds>(
          deadline - steady_clock::now());
      auto timeout = std::clamp<std::int64_t>(left.count(), 0,
                                              std::numeric_limits<int>::max());
      pollfd both[2] = {{PQsocket(connection_->native()), POLLIN, 0},
                        {interrupt_, POLLIN, 0}};
      auto ready = ::poll(both, 2, static_cast<int>(timeout));
      if (ready < 0 && errno == EINTR)
        continue;
      if (both[1].revents) {
        std::uint64_t count = 0;
        [[maybe_unused]] auto read = ::read(interrupt_, &count, sizeof count);
        return heard;
      }
      if (both[0].revents) {
        if (!PQconsumeInput(connection_->native())
            || PQstatus(connection_->native()) != CONNECTION_OK)
          throw failure{lost_connection(connection_->name(),
                                        PQerrorMessage(connection_->native()))};
        heard = drain();
        continue;
      }
      if (steady_clock::now() >= deadline) {
        connection_->run("select 1");
        return drain();
      }
    }
    return heard;
  });
}

void postgres_listener::interrupt() noexcept {
  std::uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(interrupt_, &one, sizeof one);
}

hints postgres_listener::drain() {
  hints heard;
  std::set<std::string> queues;
  while (auto* hint = PQnotifies(connection_->native())) {
    // Only `cancel` names no queue.
    if (hint->relname == joins_)
      heard.joined = true;
    else if (*hint->extra == '\0')
      heard.cancels = true;
    else
      queues.emplace(hint->extra);
    PQfreemem(hint);
  }
  heard.queues.assign(queues.begin(), queues.end());
  return heard;
}

} // namespace callboard::store
