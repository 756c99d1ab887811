#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

const lines tree_folk{"supervisor", "poller",  "slot",
                      "store-pool", "session", "metrics"};

mux completing() {
  return [](const job&, context&) {
    return complete();
  };
}

} // namespace

TEST_CASE("a job goes from the poller to a slot and its outcome to the store") {
  tree_fixture tree;
  tree.upgrade({{.queue = "mail", .handle = completing()}});
  tree.settle();
  tree.conversation();
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  CHECK(tree.conversation(tree_folk)
        == lines{
            "supervisor -> poller: wake_up",
            "poller -> store-pool: lease_wish",
            "store-pool -> session: lease_call",
            "session -> store-pool: lease_done",
            "store-pool -> poller: lease_answer",
            "poller -> slot: chunk",
            "poller -> metrics: event_batch",
            "poller -> store-pool: ok",
            "slot -> poller: performed",
            "poller -> metrics: event_batch",
            "poller -> store-pool: settle_wish",
            "poller -> store-pool: lease_wish",
            "store-pool -> session: settle_call",
            "store-pool -> session: lease_call",
            "session -> store-pool: settle_done",
            "session -> store-pool: lease_done",
            "store-pool -> metrics: event_batch",
            "store-pool -> poller: lease_answer",
            "poller -> metrics: event_batch",
            "poller -> store-pool: ok",
        });
  CHECK_FALSE(tree.mail_left());
}
