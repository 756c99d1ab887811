// Links whose ends have much to say, until something ends them.

#include "tests/actors/links/seeds.hpp"
#include "tests/actors/links/two_nodes.hpp"

#include <algorithm>
#include <array>
#include <iostream>

using namespace callboard;
using namespace callboard::actors;
using namespace callboard::tests;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> numbers(const diary& book) {
  std::vector<std::string> all;
  for (const auto& what : book.heard)
    all.push_back(what.match_elements<wire::wake_v1>()
                      ? what.get_as<wire::wake_v1>(0).queues.at(0)
                      : "?");
  return all;
}

/// A life in which each end says what it has to say, until something ends it.
class life {
public:
  explicit life(std::uint64_t seed) : it{seed}, chance{it.world.chance} {
    trouble = static_cast<kind>(chance.below(5));
    when = chance.below(chance.once_in(2) ? 40 : 800);
    for (auto& left : to_say)
      left = chance.below(25);
  }

  void run() {
    it.connect();
    for (std::size_t i = 0; i < 1'000'000; ++i) {
      if (i == when)
        strike();
      say_something();
      for (auto& book : it.books)
        if (!book->receipts.empty() && chance.once_in(4))
          book->receipts.pop_front();
      if (!it.world.step() && i >= when && (over || (!to_say[0] && !to_say[1])))
        break;
    }
    it.pass(10s);
    for (std::size_t i = 0; i < 2; ++i)
      check(i);
  }

  std::size_t heard() const {
    return it.books[0]->heard.size() + it.books[1]->heard.size();
  }
  std::size_t steps() const { return it.world.steps; }
  bool announced() const {
    return it.books[0]->end.announced || it.books[1]->end.announced;
  }

private:
  enum class kind { none, connection_lost, hung_up, owner_dies, link_dies };

  void say_something() {
    auto who = static_cast<std::size_t>(chance.below(2));
    if (over || to_say[who] == 0 || !it.books[who]->link || chance.below(3) > 0)
      return;
    --to_say[who];
    // Some are longer than a piece of the network.
    std::vector<std::string> what{std::to_string(said[who].size())};
    if (chance.once_in(4))
      what.resize(1 + chance.below(100), "a queue");
    said[who].push_back(what.front());
    it.tell(who, wire::wake_v1{std::move(what)});
  }

  void strike() {
    guilty = static_cast<std::size_t>(chance.below(2));
    auto& book = *it.books[guilty];
    switch (trouble) {
    case kind::none:
      return;
    case kind::connection_lost:
      it.world.lose();
      break;
    case kind::hung_up:
      // Nobody has a handle of a link that is not up.
      if (!book.link) {
        trouble = kind::none;
        return;
      }
      caf::anon_send(book.link, link_hang_up{"enough"});
      break;
    case kind::owner_dies:
      caf::anon_send_exit(it.owners[guilty], caf::exit_reason::kill);
      break;
    case kind::link_dies: {
      // By a bug, say.
      auto links = it.world.sides[guilty].stage.living("link");
      if (links.empty()) {
        trouble = kind::none;
        return;
      }
      testing::actor_stage::kill(links.front());
      break;
    }
    }
    over = true;
  }

  void check(std::size_t i) const {
    const auto& book = *it.books[i];
    CAPTURE(i, static_cast<int>(trouble), when, guilty, book.end.why);
    REQUIRE(book.complaints == std::vector<std::string>{});
    const auto& told = said[1 - i];
    auto got = numbers(book);
    REQUIRE(got.size() <= told.size());
    REQUIRE(std::equal(got.begin(), got.end(), told.begin()));
    if (trouble == kind::none) {
      REQUIRE(book.ups == 1);
      REQUIRE(book.downs == 0);
      REQUIRE(got == told);
      return;
    }
    // The dead are told nothing, and tell nothing.
    if (i != guilty || trouble == kind::connection_lost
        || trouble == kind::hung_up)
      REQUIRE(book.downs == book.ups);
    REQUIRE(it.world.sides[i].stage.living("link").empty());
    // Who hangs up says so, and does not go before that has left.
    auto parted = (trouble == kind::hung_up || trouble == kind::owner_dies)
                  && i != guilty;
    if (parted && book.ups > 0 && !it.world.sides[i].end->was_reset())
      REQUIRE(book.end.announced);
    if (book.end.announced) {
      REQUIRE(parted);
      REQUIRE(got == told);
    }
  }

  two_nodes it;
  simulation::dice& chance;
  kind trouble;
  std::size_t when;
  std::size_t guilty = 2;
  bool over = false;
  std::array<std::size_t, 2> to_say{};
  std::array<std::vector<std::string>, 2> said;
};

} // namespace

TEST_CASE("whatever happens, what was said arrives once and in order until "
          "both ends are down") {
  std::size_t heard = 0;
  std::size_t steps = 0;
  std::size_t announced = 0;
  for_each_seed(2000, [&](std::uint64_t seed) {
    life one{seed};
    one.run();
    heard += one.heard();
    steps += one.steps();
    announced += one.announced() ? 1 : 0;
  });
  std::cout << heard << " messages in " << steps << " steps; " << announced
            << " links said good-bye\n";
  CHECK(heard > 0);
}

TEST_CASE("the same seed is the same life") {
  for_each_seed(10, [](std::uint64_t seed) {
    life once{seed};
    once.run();
    life again{seed};
    again.run();
    CHECK(once.steps() == again.steps());
    CHECK(once.heard() == again.heard());
  });
}
