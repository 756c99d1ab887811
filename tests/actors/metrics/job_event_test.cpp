#include "actors/metrics/job_event.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace std::chrono_literals;

namespace {

// Writes down every call with its arguments.
class recorder final : public observer {
public:
  std::vector<std::string> calls;

  void job_started(const job_facts& x) override { note("started", x); }

  void job_completed(const job_facts& x, duration took) override {
    note("completed", x, text(took));
  }

  void job_rescheduled(const job_facts& x, duration took,
                       const next_run& next) override {
    note("rescheduled", x, text(took) + " " + text(std::get<duration>(next)));
  }

  void job_will_be_retried(const job_facts& x, duration took, duration after,
                           const std::string& why) override {
    note("retried", x, text(took) + " " + text(after) + " " + why);
  }

  void job_moved_to_dlq(const job_facts& x, duration took,
                        const std::string& why) override {
    note("dead", x, text(took) + " " + why);
  }

  void queue_is_empty(const std::string& queue) override {
    calls.push_back("empty " + queue);
  }

  void worker_error(const std::string& queue, const error& what) override {
    calls.push_back("error " + queue + " " + to_string(what));
  }

  void outcome_fenced(const job_facts& x) override { note("fenced", x); }

  void jobs_reclaimed(std::size_t count, const std::string& nodes) override {
    calls.push_back("reclaimed " + std::to_string(count) + " " + nodes);
  }

private:
  static std::string text(duration span) {
    return std::to_string(span.count());
  }

  void note(const std::string& what, const job_facts& x,
            const std::string& rest = {}) {
    calls.push_back(what + " " + x.id + (rest.empty() ? "" : " ") + rest);
  }
};

std::vector<std::string> told(const job_event& what) {
  recorder to;
  tell(to, what);
  return to.calls;
}

using calls = std::vector<std::string>;

const job_facts facts{.id = "j1", .queue = "mail", .type = "welcome"};

} // namespace

TEST_CASE("each event calls the function of the observer that belongs to it") {
  CHECK(told(event::started{facts}) == calls{"started j1"});
  CHECK(told(event::settled{facts, 5us, completed{}})
        == calls{"completed j1 5"});
  CHECK(told(event::settled{facts, 5us, retried{9us, "why"}})
        == calls{"retried j1 5 9 why"});
  CHECK(told(event::settled{facts, 5us, dead{"why"}})
        == calls{"dead j1 5 why"});
  CHECK(told(event::settled{facts, 5us, rescheduled{duration{8us}, {}}})
        == calls{"rescheduled j1 5 8"});
  CHECK(told(event::fenced{facts}) == calls{"fenced j1"});
  CHECK(told(event::queue_empty{"mail"}) == calls{"empty mail"});
  CHECK(told(event::worker_failed{"mail", {errc::internal, "slot died"}})
        == calls{"error mail internal: slot died"});
  CHECK(told(event::reclaimed{3, "a, b"}) == calls{"reclaimed 3 a, b"});
}

TEST_CASE("leased jobs are counted only: observers are not told") {
  CHECK(told(event::leased{"mail", 10}).empty());
}

TEST_CASE("an observer that overrides nothing ignores every event") {
  observer deaf;
  tell(deaf, event::started{facts});
  tell(deaf, event::settled{facts, 5us, dead{"why"}});
  tell(deaf, event::reclaimed{3, "a"});
  SUCCEED("no call was needed");
}
