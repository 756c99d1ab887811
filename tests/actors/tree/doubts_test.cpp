#include "actors/storage/doubts.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using callboard::actors::doubts;
using callboard::actors::finished_job;

namespace {

finished_job refused(const std::string& id) {
  finished_job one;
  one.outcome.id = id;
  return one;
}

std::vector<std::string> ids(const std::vector<finished_job>& jobs) {
  std::vector<std::string> all;
  for (const auto& each : jobs)
    all.push_back(each.outcome.id);
  return all;
}

using names = std::vector<std::string>;

} // namespace

TEST_CASE("an answer says nothing of what was refused after its question") {
  doubts open;
  open.add(refused("a"));
  auto mark = open.mark();
  open.add(refused("b"));
  CHECK(ids(open.stored(mark)) == names{"a"});
  CHECK(ids(open.stored(mark)) == names{});
  CHECK_FALSE(open.empty());
  CHECK(ids(open.stored(open.mark())) == names{"b"});
  CHECK(open.empty());
}

TEST_CASE("what was given up is not stored by a late answer") {
  doubts open;
  open.add(refused("a"));
  open.add(refused("b"));
  auto mark = open.mark();
  CHECK(ids(open.refused()) == names{"a", "b"});
  open.add(refused("c"));
  CHECK(ids(open.stored(mark)) == names{});
  CHECK(ids(open.refused()) == names{"c"});
}
