#include "tests/actors/isolation/isolated_queue.hpp"

#include "actors/isolation/isolate.hpp"
#include "actors/isolation/nursery.hpp"
#include "tests/actors/isolation/handlers.hpp"

#include <catch2/catch.hpp>

namespace callboard::test {

using namespace std::chrono_literals;

isolated_queue::isolated_queue(process_isolation how) {
  auto made = make_workers({});
  made.front().isolation = std::move(how);
  config_ = actors::isolate(std::move(made), "n1", 3).value().front();
}

isolated_queue::~isolated_queue() {
  config_.reset();
  CHECK(actors::nursery::await_all_departures(60s));
}

outcome isolated_queue::operator()(const call& what) {
  job work{.id = "j1",
           .queue = "good",
           .type = what.type,
           .arg = what.arg,
           .request_id = "r1",
           .attempt = 2,
           .last_error = what.last_error};
  std::optional<std::chrono::steady_clock::time_point> deadline;
  if (what.time)
    deadline = std::chrono::steady_clock::now() + *what.time;
  context ctx{work,
              7,
              what.stop,
              deadline,
              [&](const log_record& x) {
                {
                  std::lock_guard guard{mutex_};
                  lines_.push_back(x);
                }
                if (what.on_line)
                  what.on_line(x.message);
              },
              what.timeout};
  return config_->handle.find(what.type)->function(work, ctx);
}

std::string isolated_queue::error(const call& what) {
  auto answer = (*this)(what);
  const auto* x = std::get_if<failed>(&answer);
  return x ? x->error : "(not failed)";
}

pid_t isolated_queue::process() {
  return std::stoi(error("pid"));
}

std::vector<log_record> isolated_queue::lines() const {
  std::lock_guard guard{mutex_};
  return lines_;
}

} // namespace callboard::test
