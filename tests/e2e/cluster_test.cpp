// Real daemons that know each other, and the command line by way of them.

#include "tests/e2e/scene.hpp"
#include "tests/support/certificates.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <regex>

using namespace callboard::test;
using callboard::tests::authority;
using Catch::Contains;

namespace {

/// A queue that looks by itself once an hour only.
const std::string sleepy_queue = R"([{"name": "mail", "poll_interval": "1h",
           "types": {"welcome": {"noop": {}}, "nap": {"sleep": {"time": "1h"}}}
         }])";

std::string node_json(const authority& ca, const std::string& name,
                      const std::string& more = {}) {
  auto files = ca.issue(name + ".nodes.example");
  return R"("node": {"name": ")" + name + R"(", "listen": "127.0.0.1:0",
             "silence": "2s", "tls": {"certificate": ")"
         + files.certificate + R"(", "key": ")" + files.key + R"(", "ca": ")"
         + files.ca + "\"}" + more + "}";
}

/// "127.0.0.1:41234" of "ready: ..., cluster 127.0.0.1:41234".
std::string address_in(const std::string& ready) {
  std::smatch found;
  REQUIRE(std::regex_search(ready, found, std::regex{"cluster (\\S+)"}));
  return found[1];
}

std::vector<std::string> by_node(std::vector<std::string> command,
                                 const std::string& node,
                                 const callboard::tls_files& files) {
  for (const auto& each :
       {std::string{"--node"}, node, std::string{"--tls-certificate"},
        files.certificate, std::string{"--tls-key"}, files.key,
        std::string{"--tls-ca"}, files.ca})
    command.push_back(each);
  return command;
}

} // namespace

TEST_CASE("the command line enqueues, looks and cancels by way of a node") {
  authority ca;
  scene here;
  here.configure(sleepy_queue, node_json(ca, "one"));
  auto node = here.start({"run", "--live"});
  auto at = address_in(node->await_line("ready: "));
  here.write("callboard.json", "no config: it is not read");
  auto shop = ca.issue("shop.example");
  CHECK(here.ok(by_node(
            {"enqueue", "-q", "mail", "-t", "welcome", "--id", "a1"}, at, shop))
        == "a1\n");
  node->await_line("a1  ✔ done");
  CHECK(here.ok(
            by_node({"enqueue", "--stdin", "-q", "later", "-t", "t"}, at, shop),
            "{\"id\": \"b1\", \"delay\": \"1h\"}\n"
            "{\"id\": \"b2\", \"delay\": \"1h\"}\n")
        == "b1\nb2\n");
  CHECK_THAT(here.ok(by_node({"status"}, at, shop)), Contains("later"));
  auto again = here.callboard(
      by_node({"enqueue", "-q", "later", "-t", "t", "--id", "b1"}, at, shop));
  CHECK(again.code == 3);
  CHECK_THAT(again.err, Contains("b1"));
  CHECK(here.ok(by_node({"cancel", "b1"}, at, shop)) == "b1 removed\n");
  auto gone = here.callboard(by_node({"cancel", "b1"}, at, shop));
  CHECK(gone.code == 1);
  // Without a certificate nobody is served.
  auto stranger = here.callboard({"enqueue", "-q", "mail", "-t", "welcome",
                                  "--node", at, "--node-timeout", "1s"});
  CHECK(stranger.code == 4);
  CHECK_THAT(stranger.err, Contains("no node could be reached"));
  node->signal(SIGTERM);
  CHECK(node->wait() == 0);
}

TEST_CASE("a node that can't be reached by the deadline ends an enqueue") {
  scene here;
  auto began = std::chrono::steady_clock::now();
  auto done = here.callboard({"enqueue", "-q", "mail", "-t", "welcome",
                              "--node", "127.0.0.1:1", "--deadline", "200ms"});
  CHECK(done.code == 4);
  CHECK_THAT(done.err, Contains("no node could be reached"));
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{15});
}

TEST_CASE("a reload takes new certificates and rules, and no bad ones") {
  authority ca;
  scene here;
  auto shop = ca.issue("shop.example");
  auto rules = [](const std::string& name) {
    return R"(, "allow": [{"name": ")" + name + R"(", "may": ["enqueue"]}])";
  };
  auto closed = node_json(ca, "one", rules("nobody.example"));
  here.configure(sleepy_queue, closed);
  auto node = here.start({"run", "--live"});
  auto at = address_in(node->await_line("ready: "));
  auto enqueue = by_node(
      {"enqueue", "-q", "mail", "-t", "welcome", "--node-timeout", "1s"}, at,
      shop);
  CHECK(here.callboard(enqueue).code == 4);
  auto bad = closed;
  bad.replace(bad.find(".pem"), 4, ".xyz");
  here.configure(sleepy_queue, bad);
  node->signal(SIGHUP);
  node->await_line("can't be read");
  node->await_line("nothing has changed");
  here.configure(sleepy_queue, node_json(ca, "one", rules("shop.example")));
  node->signal(SIGHUP);
  node->await_line("reloaded ");
  CHECK(here.callboard(enqueue).code == 0);
  node->signal(SIGTERM);
  CHECK(node->wait() == 0);
}

TEST_CASE("check reads the certificates of a node") {
  authority ca;
  scene here;
  auto good = node_json(ca, "one");
  here.configure(sleepy_queue, good);
  here.ok({"check"});
  auto bad = good;
  bad.replace(bad.find(".pem"), 4, ".xyz");
  here.configure(sleepy_queue, bad);
  auto done = here.callboard({"check"});
  CHECK(done.code == 2);
  CHECK(done.out.empty());
  CHECK_THAT(done.err, Contains("/node/tls: ") && Contains("can't be read"));
}

TEST_CASE("check names what is wrong with the port of a node") {
  scene here;
  here.configure(sleepy_queue, R"("node": {"listen": "10.0.0.1:4910"})");
  auto done = here.callboard({"check"});
  CHECK(done.code == 2);
  CHECK_THAT(done.err + done.out, Contains("/node/listen"));
  CHECK_THAT(done.err + done.out, Contains("needs tls"));
}
