#include "app/bench/ledger.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <system_error>
#include <thread>
#include <vector>

using callboard::app::bench::ledger;
using namespace std::chrono_literals;

namespace {

const auto zero = ledger::instant{} + 1h;

/// One whose jobs were all stored and performed once.
void fill(ledger& book) {
  book.stored(0, book.jobs(), zero, zero + 1ms);
  for (std::size_t number = 0; number < book.jobs(); ++number)
    book.began(number, zero + 2ms);
}

} // namespace

TEST_CASE("a ledger is clean when each job was performed exactly once") {
  ledger book{3};
  CHECK(book.jobs() == 3);
  fill(book);
  auto seen = book.check();
  CHECK(seen.clean());
  CHECK(seen.text() == "each of 3 jobs was performed exactly once");
  CHECK(book.stored() == 3);
  CHECK(book.begun() == 3);
}

TEST_CASE("a ledger shows a job that was lost") {
  ledger book{1000};
  book.stored(0, 1000, zero, zero);
  for (std::size_t number = 0; number < 1000; ++number)
    if (number != 517)
      book.began(number, zero);
  auto seen = book.check();
  CHECK_FALSE(seen.clean());
  CHECK(seen.lost == 1);
  CHECK(seen.repeated == 0);
  CHECK(seen.text() == "of 1,000 jobs: 1 lost");
}

TEST_CASE("a ledger shows a job that was performed twice") {
  ledger book{3};
  fill(book);
  book.began(1, zero + 3ms);
  auto seen = book.check();
  CHECK(seen.repeated == 1);
  CHECK(seen.text() == "of 3 jobs: 1 performed more than once");
  // It does not stand for one that is missing.
  CHECK(book.begun() == 3);
}

TEST_CASE("a job lost and another one doubled do not make up for each other") {
  ledger book{2};
  book.stored(0, 2, zero, zero);
  book.began(0, zero);
  book.began(0, zero);
  auto seen = book.check();
  CHECK(seen.lost == 1);
  CHECK(seen.repeated == 1);
  CHECK(book.begun() == 1);
}

TEST_CASE("a ledger shows what nobody has stored") {
  ledger book{2};
  book.stored(0, 1, zero, zero);
  book.began(0, zero);
  book.began(1, zero);
  CHECK(book.check().unstored == 1);
  CHECK_FALSE(book.check().clean());
  CHECK(book.check().text() == "of 2 jobs: 1 performed but not stored");
}

TEST_CASE("a ledger shows jobs of somebody else") {
  ledger book{2};
  fill(book);
  book.began(2, zero);
  book.foreign();
  CHECK(book.check().foreign == 2);
  CHECK_FALSE(book.check().clean());
}

TEST_CASE("a ledger knows how long calls and pickups took") {
  ledger book{5};
  book.stored(0, 4, zero, zero + 10ms);
  book.stored(4, 5, zero, zero + 1ms);
  book.began(0, zero + 12ms);
  book.began(4, zero + 2ms);
  CHECK(book.calls().size() == 2);
  CHECK(book.calls().max() == 10ms);
  CHECK(book.pickups().size() == 2);
  CHECK(book.pickups().max() == 2ms);
  CHECK(book.pickups().percentile(0) == 1ms);
}

TEST_CASE("a ledger sums up what its parts have settled") {
  ledger book{10};
  book.settled(0, 3);
  book.settled(7, 4);
  book.settled(0, 5);
  CHECK(book.settled() == 9);
}

TEST_CASE("many threads write one ledger") {
  ledger book{4000};
  book.stored(0, 4000, zero, zero);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i)
    threads.emplace_back([&book, i] {
      for (auto number = i; number < 4000; number += 4)
        book.began(number, zero);
    });
  for (auto& thread : threads)
    thread.join();
  CHECK(book.check().clean());
  CHECK(book.begun() == 4000);
}

TEST_CASE("what a process wrote into a ledger stays when it is killed") {
  ledger book{2};
  book.stored(0, 2, zero, zero);
  book.began(0, zero);
  auto path = book.path();
  auto child = fork();
  if (child == 0) {
    ledger same{path};
    same.began(1, zero + 1ms);
    same.settled(1, 2);
    raise(SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(book.check().clean());
  CHECK(book.settled() == 2);
  CHECK(book.has_begun(1));
}

TEST_CASE("a ledger that is not there is an error") {
  CHECK_THROWS_AS(ledger{"/proc/self/fd/9999"}, std::system_error);
}
