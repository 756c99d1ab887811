#include "app/cli/line_reader.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

using namespace callboard::app;
using namespace std::chrono_literals;
using state = line_reader::state;

namespace {

struct pipe_fixture {
  std::array<int, 2> ends{-1, -1};

  pipe_fixture() { REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0); }

  ~pipe_fixture() {
    close_writer();
    close(ends[0]);
  }

  void write(std::string_view text) {
    REQUIRE(::write(ends[1], text.data(), text.size())
            == static_cast<ssize_t>(text.size()));
  }

  void close_writer() {
    if (ends[1] >= 0)
      close(ends[1]);
    ends[1] = -1;
  }
};

} // namespace

TEST_CASE_METHOD(pipe_fixture, "lines come one by one, with their numbers") {
  line_reader lines{ends[0], 100};
  write("one\r\n\ntwo\nlast");
  close_writer();
  for (const auto* expected : {"one", "", "two", "last"}) {
    REQUIRE(lines.next(-1ms) == state::line);
    CHECK(lines.line() == expected);
  }
  CHECK(lines.number() == 4);
  CHECK(lines.next(-1ms) == state::end);
}

TEST_CASE_METHOD(pipe_fixture, "a writer that pauses is noticed") {
  line_reader lines{ends[0], 100};
  write("one\ntw");
  REQUIRE(lines.next(0ms) == state::line);
  CHECK(lines.next(0ms) == state::pause);
  write("o\n");
  REQUIRE(lines.next(0ms) == state::line);
  CHECK(lines.line() == "two");
}

TEST_CASE_METHOD(pipe_fixture, "a line over the limit ends the reading") {
  line_reader lines{ends[0], 5};
  write("12345\n123456\n");
  REQUIRE(lines.next(-1ms) == state::line);
  CHECK(lines.next(-1ms) == state::too_long);
  CHECK(lines.number() == 1);
}

TEST_CASE_METHOD(pipe_fixture, "a line without an end is bounded, too") {
  line_reader lines{ends[0], 1000};
  write(std::string(2000, 'x'));
  CHECK(lines.next(0ms) == state::too_long);
}

TEST_CASE("a descriptor that can't be read is an error") {
  // poll ignores negative descriptors, so one that was closed is needed.
  int closed = dup(0);
  REQUIRE(closed >= 0);
  close(closed);
  line_reader broken{closed, 10};
  CHECK(broken.next(1000ms) == state::broken);
}

TEST_CASE_METHOD(pipe_fixture, "long lines that come in pieces are whole") {
  line_reader lines{ends[0], 200'000};
  std::string expected(60'000, 'a');
  write(expected);
  CHECK(lines.next(0ms) == state::pause);
  expected += std::string(60'000, 'b');
  write(expected.substr(60'000) + "\nnext\n");
  REQUIRE(lines.next(0ms) == state::line);
  CHECK(lines.line() == expected);
  REQUIRE(lines.next(0ms) == state::line);
  CHECK(lines.line() == "next");
}
