#include "tests/support/fiber.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace callboard::testing;

TEST_CASE("a fiber stops where it pauses and goes on from there") {
  std::string said;
  fiber one;
  one.start([&] {
    said += "a";
    fiber::pause();
    said += "b";
  });
  said += "-";
  CHECK_FALSE(one.ended());
  one.go_on();
  CHECK(one.ended());
  CHECK(said == "a-b");
}

TEST_CASE("an ended fiber runs the next function") {
  fiber one;
  int runs = 0;
  for (int i = 0; i < 100; ++i)
    one.start([&] { ++runs; });
  CHECK(runs == 100);
}

TEST_CASE("fibers take turns in any order") {
  std::string said;
  std::vector<std::unique_ptr<fiber>> all;
  for (auto name : {'x', 'y', 'z'}) {
    all.push_back(std::make_unique<fiber>());
    all.back()->start([&said, name] {
      said += name;
      fiber::pause();
      said += name;
    });
  }
  for (auto i : {1U, 2U, 0U})
    all[i]->go_on();
  CHECK(said == "xyzyzx");
}

TEST_CASE("an exception that a fiber handles is not another's") {
  fiber one;
  fiber other;
  std::string said;
  auto act = [&](const char* name) {
    try {
      throw std::runtime_error{name};
    } catch (const std::exception& e) {
      fiber::pause();
      said += e.what();
      CHECK(std::uncaught_exceptions() == 0);
      CHECK(std::current_exception() != nullptr);
    }
  };
  one.start([&] { act("one"); });
  CHECK(std::current_exception() == nullptr);
  other.start([&] { act("other"); });
  one.go_on();
  other.go_on();
  CHECK(said == "oneother");
}

TEST_CASE("a fiber may start another") {
  fiber inner;
  fiber outer;
  bool done = false;
  outer.start([&] {
    inner.start([&] {
      fiber::pause();
      done = true;
    });
    CHECK(fiber::on_one());
    inner.go_on();
  });
  CHECK(done);
  CHECK_FALSE(fiber::on_one());
}

TEST_CASE("a pool gives an idle fiber again") {
  fiber_pool pool;
  auto first = pool.take();
  auto* address = first.get();
  first->start([] {});
  pool.put(std::move(first));
  CHECK(pool.take().get() == address);
}
