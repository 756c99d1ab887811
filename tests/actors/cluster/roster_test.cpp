#include "actors/performer/roster.hpp"
#include "actors/performer/shares.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::actors;

namespace {

wire::offer_v1 offer(std::vector<wire::offered_queue_v1> queues) {
  return {std::move(queues)};
}

using names = std::set<std::string>;

bool is_busy(const roster::choice& x) {
  return std::holds_alternative<roster::all_busy>(x);
}

bool is_unknown(const roster::choice& x) {
  return std::holds_alternative<roster::unknown_type>(x);
}

} // namespace

TEST_CASE("a job goes to the performer with the smallest part of its slots "
          "taken") {
  roster all;
  all.join(1, "small");
  all.join(2, "large");
  CHECK(all.offers(1, offer({{"gpu", {}, 2}})) == names{"gpu"});
  CHECK(all.offers(2, offer({{"gpu", {}, 4}})) == names{"gpu"});
  CHECK(all.slots("gpu") == 6);
  std::map<link_id, int> got;
  for (int i = 0; i < 6; ++i) {
    auto who = all.choose("gpu", "any");
    REQUIRE(std::holds_alternative<link_id>(who));
    ++got[std::get<link_id>(who)];
    all.taken(std::get<link_id>(who), "gpu");
    // Never more than half of one while the other is idle.
    if (i == 2)
      CHECK(got[1] == 1);
  }
  CHECK(got == std::map<link_id, int>{{1, 2}, {2, 4}});
  CHECK(is_busy(all.choose("gpu", "any")));
  all.freed(1, "gpu");
  CHECK(std::get<link_id>(all.choose("gpu", "any")) == 1);
}

TEST_CASE("a job goes to a performer that has its type") {
  roster all;
  all.join(1, "a");
  all.join(2, "b");
  all.offers(1, offer({{"gpu", {"resize"}, 1}}));
  all.offers(2, offer({{"gpu", {"render"}, 1}}));
  CHECK(std::get<link_id>(all.choose("gpu", "render")) == 2);
  CHECK(is_unknown(all.choose("gpu", "print")));
  CHECK(is_unknown(all.choose("mail", "resize")));
  all.taken(2, "gpu");
  CHECK(is_busy(all.choose("gpu", "render")));
  CHECK(std::get<link_id>(all.choose("gpu", "resize")) == 1);
}

TEST_CASE("an offer replaces the one before, and keeps what was given") {
  roster all;
  all.join(1, "a");
  all.offers(1, offer({{"gpu", {}, 3}, {"mail", {}, 1}}));
  all.taken(1, "gpu");
  all.taken(1, "gpu");
  CHECK(all.offers(1, offer({{"gpu", {}, 1}})) == names{"gpu", "mail"});
  CHECK(all.slots("gpu") == 1);
  CHECK(all.slots("mail") == 0);
  all.freed(1, "gpu");
  // One is taken still, and one is all that there is.
  CHECK(is_busy(all.choose("gpu", "any")));
  all.freed(1, "gpu");
  CHECK(std::get<link_id>(all.choose("gpu", "any")) == 1);
  CHECK(all.offers(1, offer({{"gpu", {}, 1}})).empty());
  CHECK(all.leave(1) == names{"gpu"});
  CHECK(is_unknown(all.choose("gpu", "any")));
  CHECK(all.slots("gpu") == 0);
  CHECK(all.size() == 0);
}

TEST_CASE("a performer that refuses gets nothing until its next offer") {
  roster all;
  all.join(1, "a");
  all.offers(1, offer({{"gpu", {}, 3}}));
  all.taken(1, "gpu");
  CHECK(all.full(1, "gpu"));
  CHECK_FALSE(all.full(1, "gpu"));
  CHECK(all.slots("gpu") == 1);
  CHECK(is_busy(all.choose("gpu", "any")));
  all.offers(1, offer({{"gpu", {}, 3}}));
  CHECK(std::get<link_id>(all.choose("gpu", "any")) == 1);
}

TEST_CASE("news of strangers changes nothing") {
  roster all;
  CHECK(all.offers(7, offer({{"gpu", {}, 3}})).empty());
  CHECK(all.leave(7).empty());
  CHECK_FALSE(all.full(7, "gpu"));
  all.taken(7, "gpu");
  all.freed(7, "gpu");
  CHECK(all.size() == 0);
  CHECK(all.name(7).empty());
}

TEST_CASE("each node is offered what the others leave") {
  shares all;
  CHECK(all.offer(1, "gpu", 4) == 4);
  all.begin(1, "gpu");
  all.begin(1, "gpu");
  all.begin(2, "gpu");
  CHECK(all.taken("gpu") == 3);
  CHECK(all.offer(1, "gpu", 4) == 3);
  CHECK(all.offer(2, "gpu", 4) == 2);
  CHECK(all.offer(3, "gpu", 4) == 1);
  // With fewer slots than before.
  CHECK(all.offer(3, "gpu", 2) == 0);
  CHECK(all.offer(1, "mail", 4) == 4);
  all.end(1, "gpu");
  all.end(1, "gpu");
  all.end(1, "gpu");
  CHECK(all.offer(2, "gpu", 4) == 4);
}
