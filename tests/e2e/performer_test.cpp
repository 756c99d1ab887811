// A real daemon that leaves a queue to real performers, over TLS.

#include "tests/e2e/scene.hpp"
#include "tests/support/certificates.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <regex>

using namespace callboard::test;
using callboard::tests::authority;
using Catch::Contains;

namespace {

std::string tls_json(const callboard::tls_files& files) {
  return R"("silence": "2s", "tls": {"certificate": ")" + files.certificate
         + R"(", "key": ")" + files.key + R"(", "ca": ")" + files.ca + "\"}";
}

struct stage {
  stage() {
    here.configure(
        R"([{"name": "gpu", "concurrency": 10, "performers": {}}])",
        R"("node": {"name": "shop-1", "listen": "127.0.0.1:0", )"
            + tls_json(ca.issue("shop-1.nodes.example"))
            + R"(, "allow": [{"name": "*.workers.example", "may": ["perform"]}]})");
    node = here.start({"run", "--live"});
    auto ready = node->await_line("ready: ");
    std::smatch found;
    REQUIRE(std::regex_search(ready, found, std::regex{"cluster (\\S+)"}));
    address = found[1];
  }

  /// Writes NAME.json, and answers what it wrote.
  std::string configure(const std::string& name, const std::string& types,
                        const std::string& certificate = {}) {
    auto files = ca.issue(certificate.empty() ? name + ".workers.example"
                                              : certificate);
    auto text = R"({"node": {"name": ")" + name + R"(", )" + tls_json(files)
                + R"(}, "shutdown_grace": "10s", "queues": [{"name": "gpu",
                        "concurrency": 2, "types": )"
                + types + "}]}";
    here.write(name + ".json", text);
    return text;
  }

  std::unique_ptr<process> perform(const std::string& name,
                                   const std::string& types) {
    configure(name, types);
    auto made = here.start(
        {"perform", "-c", name + ".json", "--join", address, "--live"});
    made->await_line("performs for a node");
    return made;
  }

  void enqueue(const std::string& type, const std::string& id) {
    here.ok({"enqueue", "-q", "gpu", "-t", type, "--id", id});
  }

  authority ca;
  scene here;
  std::unique_ptr<process> node;
  std::string address;
};

const std::string gated = R"({
    "gate": {"exec": ["sh", "-c", "read line <gate$CALLBOARD_ATTEMPT"]},
    "fast": {"noop": {}}})";

} // namespace

TEST_CASE("a performer that is killed loses its jobs to another") {
  stage it;
  it.here.close_gate();
  auto one = it.perform("one", gated);
  it.enqueue("gate", "a1");
  one->await_line("a1  ▶ started");
  auto two = it.perform("two", gated);
  one->signal(SIGKILL);
  one->wait();
  it.node->await_line("performer lost: one (");
  two->await_line("a1  ▶ started, attempt 2");
  it.here.open_gate(2);
  two->await_line("a1  ✔ done");
  it.node->await_line("a1  ✔ done");
  two->signal(SIGTERM);
  CHECK(two->wait() == 0);
  it.node->signal(SIGTERM);
  CHECK(it.node->wait() == 0);
  CHECK(it.here.waiting() == 0);
}

TEST_CASE("a performer that is stopped is given up after the time of silence") {
  stage it;
  it.here.close_gate();
  auto one = it.perform("one", gated);
  it.enqueue("gate", "a1");
  one->await_line("a1  ▶ started");
  one->signal(SIGSTOP);
  auto two = it.perform("two", gated);
  two->await_line("a1  ▶ started, attempt 2");
  it.here.open_gate(2);
  it.node->await_line("a1  ✔ done");
  // It learns that it was given up, stops, and works again.
  one->signal(SIGCONT);
  one->await_line("a node is gone");
  one->await_line("performs for a node");
  two->signal(SIGTERM);
  CHECK(two->wait() == 0);
  it.enqueue("fast", "b1");
  one->await_line("b1  ✔ done");
  one->signal(SIGTERM);
  CHECK(one->wait() == 0);
}

TEST_CASE("a performer that is told to end finishes its jobs") {
  stage it;
  it.here.close_gate();
  auto one = it.perform("one", gated);
  it.enqueue("gate", "a1");
  one->await_line("a1  ▶ started");
  one->signal(SIGTERM);
  one->await_line("ending: no new jobs; 1 job may take 10.0 s: gpu/gate a1");
  it.enqueue("fast", "b1");
  it.here.open_gate(1);
  it.node->await_line("a1  ✔ done");
  CHECK(one->wait() == 0);
  CHECK(it.here.waiting() == 1);
  auto two = it.perform("two", gated);
  two->await_line("b1  ✔ done");
}

TEST_CASE("SIGHUP brings the types of the new file to a performer") {
  stage it;
  auto one = it.perform("one", R"({"fast": {"noop": {}}})");
  it.configure("one", R"({"other": {"noop": {}}})");
  one->signal(SIGHUP);
  one->await_line("reloaded one.json: 1 queue");
  it.enqueue("other", "a1");
  one->await_line("a1  ✔ done");
  it.here.write("one.json", "{");
  one->signal(SIGHUP);
  one->await_line("nothing has changed");
  auto bad = it.configure("one", R"({"other": {"noop": {}}})");
  bad.replace(bad.find(".pem"), 4, ".xyz");
  it.here.write("one.json", bad);
  one->signal(SIGHUP);
  one->await_line("can't be read");
  it.enqueue("other", "a2");
  one->await_line("a2  ✔ done");
}

TEST_CASE("a performer whose certificate does not let it perform is told so") {
  stage it;
  it.configure("guest", R"({"fast": {"noop": {}}})", "guest.example");
  auto guest
      = it.here.start({"perform", "-c", "guest.json", "--join", it.address});
  guest->await_line("can't link to a node");
  it.node->await_line("guest.example");
  guest->signal(SIGTERM);
  CHECK(guest->wait() == 0);
}

TEST_CASE("perform and run refuse each other's files") {
  scene here;
  here.configure(R"([{"name": "mail", "types": {"*": {"noop": {}}}}])");
  here.write("p.json", R"({"node": {"join": ["127.0.0.1:1"]}})");
  auto wrong = here.callboard({"perform"});
  CHECK(wrong.code == 2);
  CHECK_THAT(wrong.err, Contains("/database: a performer has no database"));
  auto other = here.callboard({"run", "-c", "p.json"});
  CHECK(other.code == 2);
  CHECK_THAT(other.err, Contains("callboard perform -c p.json"));
  CHECK_THAT(here.callboard({"jobs", "-c", "p.json"}).err,
             Contains("the file of a performer"));
  CHECK(here.callboard({"check", "-c", "p.json"}).code == 0);
  here.write("n.json", R"({"queues": []})");
  auto nobody = here.callboard({"perform", "-c", "n.json"});
  CHECK(nobody.code == 2);
  CHECK_THAT(nobody.err, Contains("--join"));
  CHECK(here.callboard({"perform", "-c", "n.json", "--join", "x"}).code == 2);
}
