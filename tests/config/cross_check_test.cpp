#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace callboard {

namespace {

using messages = std::vector<std::string>;

messages node_faults(const std::string& node) {
  return tests::problems_of(R"({"database": "sqlite:a", "node": )" + node
                            + "}");
}

messages retry_faults(const std::string& queue, const std::string& type) {
  return tests::problems_of(
      R"({"database": "sqlite:a", "queues": [{"name": "q", "retry": )" + queue
      + R"(, "types": {"t": {"noop": {}, "retry": )" + type + "}}}]}");
}

} // namespace

TEST_CASE("no two queues have the same name") {
  CHECK(tests::problems_of(R"({"database": "sqlite:a", "queues": [
            {"name": "mail", "types": {"t": {"noop": {}}}},
            {"name": "video", "types": {"t": {"noop": {}}}},
            {"name": "mail", "types": {"t": {"noop": {}}}, "extra": 1}]})")
        == messages{
            "/queues/2/name: is the name of the queue at "
            "/queues/0/name, too; put their types into one queue, or "
            "rename one",
            "/queues/2/extra: unknown key; Allowed here: name, "
            "concurrency, poll_interval, isolation, timeout, retry, types, "
            "performers"});
}

TEST_CASE("a node must be able to beat before it is silent") {
  CHECK(node_faults(R"({"heartbeat": "10s"})")
        == messages{"/node/heartbeat: silence_limit (10s) must be longer than "
                    "heartbeat (10s), or living nodes are taken for dead"});
  CHECK(node_faults(R"({"silence_limit": "1s"})")
        == messages{"/node/silence_limit: silence_limit (1s) must be longer "
                    "than heartbeat (1s), or living nodes are taken for "
                    "dead"});
  CHECK(node_faults(R"({"heartbeat": "3s", "silence_limit": "2s"})")
        == messages{"/node/silence_limit: silence_limit (2s) must be longer "
                    "than heartbeat (3s), or living nodes are taken for "
                    "dead"});
}

TEST_CASE("a port that others reach needs certificates, or plain words") {
  auto listen_faults = [](const std::string& node) {
    return node_faults("{" + node + "}");
  };
  CHECK(listen_faults(R"("listen": "10.0.0.1:4910")")
        == messages{
            "/node/listen: listen on 10.0.0.1 is reached by other machines and "
            "needs tls (or, on a network where you trust everybody, plaintext: "
            "\"I know that anybody on this network can run my jobs\")"});
  CHECK(listen_faults(R"("listen": "10.0.0.1:4910", "plaintext": "yes")").size()
        == 1);
  CHECK(listen_faults(R"("listen": "4910")")
        == messages{"/node/listen: listen must be host:port, such as "
                    "\"127.0.0.1:4910\""});
  CHECK(listen_faults(R"("listen": "0.0.0.0:4910")")
        == messages{"/node/listen: listen stands for all addresses of this "
                    "machine; say in advertise which host:port other nodes "
                    "shall dial"});
  CHECK(listen_faults(R"("listen": "127.0.0.1:0",
                         "allow": [{"name": "*", "may": ["all"]}])")
        == messages{"/node/listen: allow goes by the names in certificates and "
                    "needs tls"});
  CHECK(listen_faults(R"("allow": [{"name": "*", "may": ["read"]}])")
        == messages{"/node/allow/0/may: a peer may \"enqueue\", \"perform\", "
                    "be a \"node\", or \"all\""});
  auto plain = tests::settings_of(R"({"database": "sqlite:a", "node": {
      "listen": "10.0.0.1:4910", "plaintext":
      "I know that anybody on this network can run my jobs"}})");
  REQUIRE(plain.node.cluster);
  CHECK(plain.node.cluster->listen == "10.0.0.1:4910");
  CHECK(tests::settings_of(R"({"database": "sqlite:a",
                               "node": {"listen": "127.0.0.1:0"}})")
            .node.cluster);
}

TEST_CASE("the limit of the waits is not shorter than the first") {
  CHECK(retry_faults(R"({"first": "20m"})", R"({"limit": "1h"})")
        == messages{"/queues/0/retry/first: limit (10m) must not be shorter "
                    "than first (20m)"});
  CHECK(retry_faults(R"({"first": "5m"})", R"({"limit": "1m"})")
        == messages{"/queues/0/types/t/retry/limit: limit (1m) must not be "
                    "shorter than first (5m)"});
}

TEST_CASE("a wait of 0 can't grow") {
  CHECK(retry_faults(R"({"first": "0s"})", R"({"first": "1s"})")
        == messages{"/queues/0/retry/first: first is 0s, which can't grow; use "
                    "\"backoff\": \"fixed\" or a longer first"});
  CHECK(retry_faults(R"({"first": "0s", "backoff": "fixed"})",
                     R"({"backoff": "linear"})")
        == messages{"/queues/0/types/t/retry/backoff: first is 0s, which can't "
                    "grow; use \"backoff\": \"fixed\" or a longer first"});
}

TEST_CASE("a fault of the queue is not told again for its types") {
  CHECK(retry_faults(R"({"first": "20m"})", R"({"max_attempts": 3})").size()
        == 1);
}

TEST_CASE("a file of authorities is for https only") {
  auto& http = tests::place_of(config::objects::http);
  auto text = http.before
              + R"({"url": "http://localhost/", "ca_file": "/ca.pem"})"
              + http.after;
  CHECK(tests::problems_of(text)
        == messages{http.pointer
                    + "/ca_file: is for https only; leave it out, or use https "
                      "in the url"});
}

TEST_CASE("a schema is for PostgreSQL only") {
  CHECK(tests::problems_of(
            R"({"database": {"url": "sqlite:a", "schema": "jobs"}})")
        == messages{"/database/schema: is for PostgreSQL only; leave it out, "
                    "or name another file in the url"});
}

TEST_CASE("a performer has nodes to join, and no database") {
  auto all = tests::settings_of(
      R"({"node": {"join": ["a.example:1", "[::1]:2"], "silence": "2s"}})");
  REQUIRE(all.join);
  CHECK(all.join->nodes == messages{"a.example:1", "[::1]:2"});
  CHECK(all.join->silence == std::chrono::seconds{2});
  CHECK_FALSE(all.node.cluster);
  CHECK(tests::problems_of(R"({"database": "sqlite:a", "node": {"join": ["a:1"],
            "listen": "127.0.0.1:0"}})")
        == messages{"/database: a performer has no database of its own; leave "
                    "this out, or take part as a full node: without node.join, "
                    "by `callboard run`",
                    "/node/listen: is for full nodes; a performer, which has "
                    "join, is dialled by nobody"});
  CHECK(tests::problems_of(R"({"node": {"join": ["a"]}})")
        == messages{"/node/join: each must be host:port, such as "
                    "\"shop-1.example:4910\""});
}

TEST_CASE("a queue is left to performers as a whole, by a node that listens") {
  auto node = [](const std::string& queue, const std::string& rest = "") {
    return R"({"database": "sqlite:a", "queues": [{"name": "gpu", )" + queue
           + "}]" + rest + "}";
  };
  auto listens = R"(, "node": {"listen": "127.0.0.1:0"})";
  auto all = tests::settings_of(
      node(R"("performers": {"max_attempts": 3, "timeout": "1m"})", listens));
  REQUIRE(all.queues.at(0).performers);
  CHECK(all.queues[0].performers->max_attempts == 3);
  CHECK(all.queues[0].performers->timeout == std::chrono::minutes{1});
  CHECK(tests::problems_of(node(R"("performers": {})"))
        == messages{"/queues/0/performers: needs node.listen, or no performer "
                    "can reach this node"});
  CHECK(
      tests::problems_of(node(R"("performers": {}, "types": {"a": {"noop": {}}},
            "retry": {}, "timeout": "1s", "isolation": "process")",
                              listens))
          .size()
      == 4);
  CHECK(tests::problems_of(R"({"node": {"join": ["a:1"]}, "queues": [
            {"name": "gpu", "performers": {}}]})")
        == messages{"/queues/0/performers: is for the file of a full node; a "
                    "performer has the types"});
}

} // namespace callboard
