#include "store/model/new_job.hpp"
#include "store/model/text.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

using namespace std::chrono_literals;
using namespace std::string_literals;

namespace callboard {

namespace {

new_job welcome() {
  return {.queue = "mail", .type = "welcome"};
}

error fault_of(std::vector<new_job> jobs,
               std::size_t arg_limit = job_limits::arg_bytes) {
  auto done = prepare(std::move(jobs), {}, arg_limit);
  REQUIRE(done.has_error());
  return done.error();
}

error fault_of(new_job job) {
  return fault_of(std::vector{std::move(job)});
}

} // namespace

TEST_CASE("an empty bulk is an error") {
  CHECK(fault_of(std::vector<new_job>{})
        == error{errc::empty_bulk, "there is no job to enqueue"});
}

TEST_CASE("each fault of a job names the field and the remedy") {
  auto name255 = std::string(255, 'n');
  auto name256 = std::string(256, 'n');
  auto job = welcome();
  auto code = errc::invalid_job;
  std::string message;
  SECTION("no queue") {
    job.queue = "";
    message = "job: queue is empty; every job needs one";
  }
  SECTION("no type") {
    job.type = "";
    message = "job: type is empty; every job needs one";
  }
  SECTION("a long queue") {
    job.queue = name256;
    message = "job: queue has 256 bytes; at most 255 are allowed";
  }
  SECTION("a long type") {
    job.type = name256;
    message = "job: type has 256 bytes; at most 255 are allowed";
  }
  SECTION("a long id") {
    job.id = name256;
    message = "job: id has 256 bytes; at most 255 are allowed";
  }
  SECTION("a long request id") {
    job.request_id = name256;
    message = "job: request_id has 256 bytes; at most 255 are allowed";
  }
  SECTION("a queue with NUL") {
    job.queue = "ma\0il"s;
    message = "job: queue must be UTF-8 text without NUL";
  }
  SECTION("a type that is not UTF-8") {
    job.type = "\xff";
    message = "job: type must be UTF-8 text without NUL";
  }
  SECTION("an id that is not UTF-8") {
    job.id = "\xc3";
    message = "job: id must be UTF-8 text without NUL";
  }
  SECTION("a request id with NUL") {
    job.request_id = "\0"s;
    message = "job: request_id must be UTF-8 text without NUL";
  }
  SECTION("a negative delay") {
    job.delay = -1us;
    message = "job: delay is negative; 0 runs it at once";
  }
  SECTION("a delay beyond reason") {
    job.delay = duration::max();
    message = "job: delay is longer than 100 years";
  }
  SECTION("both a delay and a moment") {
    job.delay = 1s;
    job.run_at = system_now();
    message = "job: run_at and delay are both given; keep one of them";
  }
  SECTION("a moment before 1970") {
    job.run_at = time_point{-1us};
    message = "job: run_at must lie between the years 1970 and 9999";
  }
  SECTION("a moment at the end of time") {
    job.run_at = time_point::max();
    message = "job: run_at must lie between the years 1970 and 9999";
  }
  SECTION("negative attempts") {
    job.max_attempts = -1;
    message = "job: max_attempts is negative; 0 leaves it to the retry policy";
  }
  CHECK(fault_of(job) == error{code, message});
}

TEST_CASE("a job may wait until the year 9999 is over") {
  using namespace std::chrono;
  auto job = welcome();
  job.run_at = sys_days{year{10000} / 1 / 1} - 1us;
  CHECK(prepare({job}).has_value());
  job.run_at = sys_days{year{10000} / 1 / 1};
  CHECK_FALSE(prepare({job}).has_value());
}

TEST_CASE("an arg over the limit is an error of its own that tells sizes") {
  auto job = welcome();
  job.arg = "secret";
  CHECK(fault_of({job}, 5)
        == error{errc::arg_too_large,
                 "job: arg has 6 bytes; at most 5 are allowed"});
  CHECK(prepare({job}, {}, 6).has_value());
}

TEST_CASE("an arg of 16 MiB is the largest by default") {
  auto job = welcome();
  job.arg.resize(16 * 1024 * 1024);
  CHECK(prepare({job}).has_value());
  job.arg += '!';
  CHECK(fault_of(job).code == errc::arg_too_large);
}

TEST_CASE("names and numbers at their bounds are fine, and bytes stay") {
  auto name255 = std::string(255, 'n');
  new_job job{.queue = name255,
              .type = name255,
              .arg = "a\0\xff"s,
              .id = name255,
              .delay = 0s,
              .run_at = time_point{},
              .priority = std::numeric_limits<std::int16_t>::min(),
              .request_id = name255,
              .max_attempts = std::numeric_limits<std::int32_t>::max()};
  auto done = prepare({job});
  REQUIRE(done.has_value());
  auto& kept = done->at(0);
  CHECK(kept.queue == name255);
  CHECK(kept.arg == "a\0\xff"s);
  CHECK(kept.id == name255);
  CHECK(kept.run_at == time_point{});
  CHECK(kept.priority == job.priority);
  CHECK(kept.request_id == name255);
  CHECK(kept.max_attempts == job.max_attempts);
}

TEST_CASE("a fault in a bulk names the position of the job") {
  auto bad = welcome();
  bad.type = "";
  CHECK(fault_of({welcome(), welcome(), bad, welcome()})
        == error{errc::invalid_job,
                 "job 3 of 4: type is empty; every job needs one"});
}

TEST_CASE("an id that stands twice in a bulk is a conflict") {
  auto one = welcome();
  one.id = "a1";
  auto other = one;
  other.queue = "video";
  CHECK(fault_of({one, welcome(), other})
        == error{errc::job_already_exists,
                 "job 3 of 3: id 'a1' stands twice in this bulk"});
}

TEST_CASE("jobs without an id get one, each its own, and growing") {
  auto named = welcome();
  named.id = "mine";
  auto done = prepare({welcome(), named, welcome()});
  REQUIRE(done.has_value());
  CHECK(done->at(0).id.size() == 36);
  CHECK(done->at(1).id == "mine");
  CHECK(done->at(0).id < done->at(2).id);
}

TEST_CASE("jobs of a bulk without a request id share a new one") {
  auto own = welcome();
  own.request_id = "mine";
  auto done = prepare({welcome(), own, welcome()});
  REQUIRE(done.has_value());
  CHECK(done->at(0).request_id.size() == 32);
  CHECK(done->at(1).request_id == "mine");
  CHECK(done->at(2).request_id == done->at(0).request_id);
  CHECK(prepare({welcome()})->at(0).request_id != done->at(0).request_id);
}

TEST_CASE("the surrounding request id goes to jobs that have none") {
  auto own = welcome();
  own.request_id = "mine";
  auto done = prepare({welcome(), own}, "outer");
  REQUIRE(done.has_value());
  CHECK(done->at(0).request_id == "outer");
  CHECK(done->at(1).request_id == "mine");
}

TEST_CASE("a surrounding request id that can't be stored is refused") {
  auto done = prepare({welcome()}, "\xff");
  REQUIRE(done.has_error());
  CHECK(done.error().message
        == "job: request_id must be UTF-8 text without NUL");
}

} // namespace callboard
