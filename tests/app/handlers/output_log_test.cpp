#include "app/handlers/output_log.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace callboard;
using callboard::app::output_log;

namespace {

// The lines that pieces of output leave in the log.
std::vector<std::string> logged(const std::vector<std::string>& pieces) {
  std::vector<std::string> lines;
  job work;
  context ctx{work, 1, {}, std::nullopt, [&](const log_record& x) {
                CHECK(x.level == log_level::debug);
                lines.push_back(x.message);
              }};
  output_log log{ctx};
  for (const auto& piece : pieces)
    log.take(piece);
  log.finish();
  return lines;
}

using lines = std::vector<std::string>;

} // namespace

TEST_CASE("lines are put together from pieces") {
  CHECK(logged({"o", "ne\ntw", "o\n", "", "three"})
        == lines{"output: one", "output: two", "output: three"});
}

TEST_CASE("a program that prints nothing logs nothing") {
  CHECK(logged({}).empty());
}

TEST_CASE("a long line is cut and the rest of it counted") {
  CHECK(logged({std::string(1500, 'x'), "xx\nnext\n"})
        == lines{"output: " + std::string(1024, 'x'), "output: next",
                 "output: 478 bytes more were not logged"});
}

TEST_CASE("bytes that are no text are made text") {
  CHECK(logged({"a\xff\n"}) == lines{"output: a\ufffd"});
}

TEST_CASE("after many lines the rest is only counted") {
  std::vector<std::string> pieces(2000, "line\n");
  auto kept = logged(pieces);
  CHECK(kept.size() == output_log::max_lines + 1);
  CHECK(kept.back() == "output: 5000 bytes more were not logged");
}
