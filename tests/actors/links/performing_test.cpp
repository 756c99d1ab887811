// Jobs over a link, on one thread: each comes back once, whatever happens to
// the connection.

#include "tests/actors/links/performing.hpp"
#include "tests/actors/links/seeds.hpp"

#include <iostream>

using namespace callboard::tests;

namespace {

void add(performing::counts& to, const performing::counts& x) {
  to.completed += x.completed;
  to.lost += x.lost;
  to.declined += x.declined;
  to.stopped += x.stopped;
  to.in_vain += x.in_vain;
}

void tell(std::size_t lives, const performing::counts& x) {
  std::cout << lives << " lives: " << x.completed << " jobs completed, "
            << x.lost << " lost (" << x.in_vain << " of them done), "
            << x.declined << " declined; " << x.stopped << " stops heard\n";
}

} // namespace

TEST_CASE("jobs go to a performer and come back, and their stops with them") {
  performing::counts all;
  std::size_t lives = 0;
  for_each_seed(1000, [&](std::uint64_t seed) {
    performing one{seed, fate::stays};
    one.run();
    CHECK(one.seen().lost == 0);
    ++lives;
    add(all, one.seen());
  });
  tell(lives, all);
}

TEST_CASE(
    "wherever a connection breaks, each job is answered once, and truly") {
  performing::counts all;
  std::size_t lives = 0;
  for_each_seed(50, [&](std::uint64_t seed) {
    auto what = static_cast<fate>(seed % 3);
    performing whole{seed, what};
    whole.run();
    for (std::size_t at = 0; at <= whole.arrivals(); ++at) {
      INFO("the connection is lost after piece " << at);
      performing one{seed, what, at};
      one.run();
      add(all, one.seen());
      ++lives;
    }
  });
  tell(lives, all);
  CHECK((lives < 1000 || (all.in_vain > 0 && all.lost > all.in_vain)));
}

TEST_CASE("a performer that dies has begun nothing that its node declines") {
  performing::counts all;
  std::size_t lives = 0;
  for_each_seed(1000, [&](std::uint64_t seed) {
    performing one{seed, fate::dies};
    one.run();
    add(all, one.seen());
    ++lives;
  });
  tell(lives, all);
  CHECK((lives == 1 || (all.lost > 0 && all.declined > 0)));
}

TEST_CASE("a performer that closes loses no job") {
  performing::counts all;
  std::size_t lives = 0;
  for_each_seed(1000, [&](std::uint64_t seed) {
    performing one{seed, fate::closes};
    one.run();
    if (!one.broken())
      CHECK(one.seen().lost == 0);
    ++lives;
    add(all, one.seen());
  });
  tell(lives, all);
}
