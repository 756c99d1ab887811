#include "store/postgres/guard.hpp"
#include "store/postgres/postgres_connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <utility>

// How a connection waits: for the server, for the socket, never for ever.

namespace callboard::store {

namespace {

// How long the next caller of a connection waits for an answer that nobody
// waited for: what it is about is quick, or the server is in trouble.
constexpr auto longest_answer = std::chrono::seconds{1};

} // namespace

rows postgres_connection::answer_to(int sent) {
  if (broken_)
    throw failure{lost_connection(name_, "it broke before")};
  if (!sent)
    lost(PQerrorMessage(native_));
  rows answer{wait_for_results()};
  auto status = PQresultStatus(answer.native());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
      || status == PGRES_EMPTY_QUERY)
    return answer;
  // An error without a code is libpq's own, which has no memory for the answer,
  // say: what the statement did is as unknown as when the connection breaks.
  if (PQstatus(native_) != CONNECTION_OK
      || !PQresultErrorField(answer.native(), PG_DIAG_SQLSTATE))
    lost(PQresultErrorMessage(answer.native()));
  auto why = postgres_error(name_, answer.native());
  // Another server may be the primary by now: a new connection finds it.
  broken_ = why.code == errc::database_unreachable
            || why.code == errc::database_read_only;
  throw failure{std::move(why)};
}

// An idle connection has nothing to say, unless it was closed. Whoever looks
// first knows that nothing was sent, and so that nothing was stored.
void postgres_connection::check_alive() {
  collect();
  // The server's last words come before the end of the stream.
  while (!broken_) {
    pollfd socket{PQsocket(native_), POLLIN, 0};
    if (::poll(&socket, 1, 0) <= 0)
      return;
    if (!PQconsumeInput(native_) || PQstatus(native_) != CONNECTION_OK)
      lost(PQerrorMessage(native_));
  }
}

pg_result* postgres_connection::wait_for_results() {
  auto deadline = std::chrono::steady_clock::now() + patience_;
  if (end_)
    deadline = std::min(deadline, *end_);
  auto last = results(deadline);
  // What was sent behind it begins now.
  if (uncollected_)
    uncollected_ = std::chrono::steady_clock::now() + longest_answer;
  if (!last.native())
    lost("no answer");
  return last.release();
}

void postgres_connection::collect() {
  if (!uncollected_ || broken_)
    return;
  auto now = std::chrono::steady_clock::now();
  auto deadline = *uncollected_;
  // Half of a caller's time is left for a new connection.
  if (end_)
    deadline = std::min(deadline, now + (*end_ - now) / 2);
  results(deadline);
  if (!PQexitPipelineMode(native_))
    lost(PQerrorMessage(native_));
  uncollected_.reset();
}

// Of several results the last, or the first that is an error.
rows postgres_connection::results(instant deadline) {
  while (auto left = PQflush(native_)) {
    if (left < 0)
      lost(PQerrorMessage(native_));
    wait_for_socket(true, deadline);
  }
  rows last{nullptr};
  auto paused = PQpipelineStatus(native_) == PQ_PIPELINE_OFF;
  while (true) {
    while (PQisBusy(native_))
      wait_for_socket(false, deadline);
    rows next{PQgetResult(native_)};
    if (!next.native()) {
      // In a pipeline a statement ends so before its transaction does: only
      // then it is stored.
      if (std::exchange(paused, true))
        return last;
      continue;
    }
    auto status = PQresultStatus(next.native());
    if (status == PGRES_PIPELINE_SYNC)
      return last;
    auto failed
        = last.native() && PQresultStatus(last.native()) == PGRES_FATAL_ERROR;
    if (!failed)
      last = std::move(next);
    paused = PQpipelineStatus(native_) == PQ_PIPELINE_OFF;
  }
}

void postgres_connection::wait_for_socket(bool writing, instant deadline) {
  auto left = std::chrono::ceil<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  auto events = static_cast<short>(writing ? POLLIN | POLLOUT : POLLIN);
  pollfd socket{PQsocket(native_), events, 0};
  auto ready = ::poll(
      &socket, 1, static_cast<int>(std::max(left.count(), std::int64_t{0})));
  if (ready < 0 && errno == EINTR)
    return;
  if (ready <= 0)
    lost("the server does not answer");
  if ((socket.revents & ~POLLOUT) && !PQconsumeInput(native_))
    lost(PQerrorMessage(native_));
}

void postgres_connection::lost(const std::string& why) {
  broken_ = true;
  throw failure{lost_connection(name_, why)};
}

} // namespace callboard::store
