#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace callboard::test;
using Catch::Contains;

namespace {

/// Lines `first` to `last`, whose ids are their numbers.
std::string numbered(int first, int last) {
  std::string lines;
  for (int i = first; i <= last; ++i)
    lines += "{\"id\": \"j" + std::to_string(i) + "\"}\n";
  return lines;
}

/// From a file, so that batches are full whatever the machine does.
finished enqueue_file(scene& here, const std::string& lines,
                      const std::string& options = "") {
  here.write("jobs.jsonl", lines);
  auto command = CALLBOARD_PROGRAM
                 " enqueue --stdin -q mail -t welcome <jobs.jsonl "
                 + options;
  return run({"sh", "-c", command}, {}, here.options());
}

} // namespace

TEST_CASE("lines become jobs, and their ids come back in order") {
  scene here;
  auto done = enqueue_file(here, numbered(1, 2500));
  INFO(done.err);
  CHECK(done.code == 0);
  CHECK_THAT(done.out, Catch::StartsWith("j1\nj2\nj3\n")
                           && Catch::EndsWith("j2499\nj2500\n"));
  CHECK(std::count(done.out.begin(), done.out.end(), '\n') == 2500);
  CHECK_THAT(done.err, Contains("2,500 jobs stored"));
  CHECK(here.waiting() == 2500);
}

TEST_CASE("a bad line names its number, its fault, and what is stored") {
  scene here;
  auto done = enqueue_file(here, numbered(1, 2016) + "{\"delay\": \"10\"}\n"
                                     + numbered(2018, 3000));
  CHECK(done.code == 2);
  CHECK_THAT(done.err,
             Contains("callboard: line 2017: \"delay\" ")
                 && Contains("lines 1-2000 are stored, nothing from line 2001"
                             " on")
                 && Contains("2,000 jobs stored"));
  CHECK(here.waiting() == 2000);
}

TEST_CASE("a bad first batch stores nothing and says so") {
  scene here;
  auto done = enqueue_file(here, numbered(1, 10) + "nonsense\n");
  CHECK(done.code == 2);
  CHECK_THAT(done.err,
             Contains("line 11: not JSON") && Contains("nothing is stored"));
  CHECK(here.waiting() == 0);
}

TEST_CASE("an id that is stored already ends a bulk as a conflict") {
  scene here;
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "j1500"});
  auto done = enqueue_file(here, numbered(1, 2500));
  CHECK(done.code == 3);
  CHECK_THAT(done.err, Contains("line 1500: ") && Contains("'j1500'")
                           && Contains("--skip-existing")
                           && Contains("lines 1-1000 are stored"));
  CHECK(here.waiting() == 1001);
}

TEST_CASE("a bulk that failed can be given again with --skip-existing") {
  scene here;
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "j1500"});
  enqueue_file(here, numbered(1, 2500), "--quiet");
  auto done = enqueue_file(here, numbered(1, 2500), "--skip-existing");
  CHECK(done.code == 0);
  CHECK_THAT(done.err,
             Contains("1,499 jobs stored, 1,001 skipped that existed"));
  CHECK(std::count(done.out.begin(), done.out.end(), '\n') == 1499);
  CHECK(here.waiting() == 2500);
}

TEST_CASE("an id on two lines is a conflict that names both") {
  scene here;
  auto done = enqueue_file(here, numbered(1, 5) + numbered(2, 2));
  CHECK(done.code == 3);
  CHECK_THAT(done.err, Contains("line 6: id 'j2' stands on line 2, too"));
  CHECK(here.waiting() == 0);
}

TEST_CASE("unknown types of a bulk are warned about once, or refused") {
  scene here;
  auto line = "{\"type\": \"nobody\"}\n";
  auto done = enqueue_file(here, std::string{line} + line);
  CHECK(done.code == 0);
  CHECK_THAT(done.err, Contains("warning: line 1: ") && !Contains("line 2"));
  auto strict = enqueue_file(here, line, "--strict");
  CHECK(strict.code == 2);
  CHECK(here.waiting() == 2);
}

TEST_CASE("what a writer has written is stored when it pauses") {
  scene here;
  auto bulk = here.start({"enqueue", "--stdin", "-q", "mail", "-t", "welcome"});
  bulk->write("{\"id\": \"first\"}\n");
  CHECK(bulk->await_line("first") == "first");
  CHECK(here.waiting() == 1);
  bulk->write("{\"id\": \"second\"}\n");
  CHECK(bulk->wait() == 0);
  CHECK(bulk->out() == "first\nsecond\n");
}

TEST_CASE("a bulk whose ids nobody reads ends with what is stored") {
  scene here;
  here.write("jobs.jsonl", numbered(1, 2500));
  // The pipe is closed before the first id comes.
  auto done = run({"bash", "-c",
                   "mkfifo ids; exec 3<>ids 4>ids 3<&-; " CALLBOARD_PROGRAM
                   " enqueue --stdin -q mail -t welcome <jobs.jsonl >&4"},
                  {}, here.options());
  CHECK(done.code == 1);
  CHECK_THAT(done.err, Contains("nobody reads standard output; "
                                "lines 1-1000 are stored, nothing from")
                           && Contains("1,000 jobs stored"));
  CHECK(here.waiting() == 1000);
}

TEST_CASE("a byte order mark before the first line is passed over") {
  scene here;
  CHECK(enqueue_file(here, "\xef\xbb\xbf{\"id\": \"a\"}\n").out == "a\n");
  CHECK(enqueue_file(here, "{}\n\xef\xbb\xbf{}\n").code == 2);
}

TEST_CASE("empty input is no error") {
  scene here;
  auto done = enqueue_file(here, "\n  \n", "--quiet");
  CHECK(done.code == 0);
  CHECK(done.out.empty());
  CHECK_THAT(done.err, Contains("0 jobs stored"));
}
