// Programs that have nothing in common with the present one are refused in the
// words of docs/upgrading.md.

#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

using namespace callboard::test;
using Catch::Contains;

namespace {

/// The page with one space for every gap, as a sentence is searched there.
std::string page() {
  std::ifstream file{CALLBOARD_DOCS "/upgrading.md"};
  REQUIRE(file);
  std::string text;
  for (std::string word; file >> word;)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

finished apart(const scene& here, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), CALLBOARD_APART);
  return run(std::move(arguments), {}, here.options());
}

std::string locked_out(const std::string& database, const std::string& nodes) {
  return database
         + ": after step 5 (apart) the tables need programs that know version"
           " 5, and nodes of older ones are alive: "
         + nodes
         + "; stop them first, or run `callboard migrate --force` and they"
           " fail";
}

std::string too_new(const std::string& database) {
  return database
         + " has callboard tables of version 5, which need a program that knows"
           " version 5; this one knows version 4: use a newer callboard";
}

const std::string no_common_version
    = "no common version: callboard 0.1.0 speaks 1, callboard 0.1.0 speaks 2;"
      " upgrade the older one";

} // namespace

TEST_CASE("a program does not migrate living nodes away, unless told to") {
  scene here;
  auto database = here.db().open()->name();
  here.configure(mail_queue, R"("node": {"name": "shop-1"})");
  auto node = here.daemon({});
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"run"},
        {"run", "--once"},
        {"migrate"},
        {"enqueue", "-q", "mail", "-t", "welcome"}}) {
    auto done = apart(here, command);
    INFO(command[0] << ": " << done.err);
    CHECK(done.code == 1);
    CHECK_THAT(done.err, Contains(locked_out(database, "shop-1")));
  }
  // Nothing has changed.
  here.ok({"enqueue", "-q", "mail", "-t", "welcome"});
  CHECK(here.callboard({"migrate", "--status"}).code == 0);

  auto done = apart(here, {"migrate", "--force"});
  INFO(done.err);
  CHECK(done.code == 0);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"run"},
        {"migrate"},
        {"enqueue", "-q", "mail", "-t", "welcome"},
        {"status"}}) {
    auto late = here.callboard(command);
    INFO(command[0] << ": " << late.err);
    CHECK(late.code == 1);
    CHECK_THAT(late.err, Contains(too_new(database)));
  }
  node->signal(SIGTERM);
  node->wait();
}

TEST_CASE("the docs show these sentences") {
  auto text = page();
  CHECK_THAT(text, Contains(locked_out("postgresql://db.example/shop",
                                       "shop-1 at 10.0.0.7:4910, shop-2")));
  CHECK_THAT(text, Contains(too_new("postgresql://db.example/shop")));
  CHECK_THAT(text, Contains(no_common_version));
}

TEST_CASE("without a common version both ends are told") {
  scene here{backend::make(backend_kind::postgres)};
  here.configure(R"([{"name": "gpu", "performers": {}}])",
                 R"("node": {"name": "shop-1", "listen": "127.0.0.1:0"})");
  auto node = here.start({"run"});
  auto ready = node->await_line("ready: ");
  std::smatch found;
  REQUIRE(std::regex_search(ready, found, std::regex{"cluster (\\S+)"}));
  std::string address = found[1];

  here.write("p.json", R"({"node": {"name": "gpu-1"}, "queues": [{"name": "gpu",
                           "types": {"draw": {"noop": {}}}}]})");
  process performer{
      {CALLBOARD_APART, "perform", "-c", "p.json", "--join", address},
      here.options()};
  CHECK_THAT(performer.await_line("can't link to a node"),
             Contains(no_common_version));
  CHECK_THAT(node->await_line("refused a peer"),
             Contains("gpu-1") && Contains(no_common_version));

  auto client = apart(here, {"enqueue", "--node", address, "--node-timeout",
                             "2s", "-q", "gpu", "-t", "draw"});
  CHECK(client.code == 4);
  CHECK_THAT(client.err, Contains(no_common_version));
  CHECK_THAT(node->await_line("refused a peer"), Contains(no_common_version));
  performer.signal(SIGTERM);
  CHECK(performer.wait() == 0);
  node->signal(SIGTERM);
  CHECK(node->wait() == 0);
}
