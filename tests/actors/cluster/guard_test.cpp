// The guard as peers meet it: over real sockets, with real certificates.

#include "tests/actors/cluster/guard_stage.hpp"

#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>

using namespace callboard;
using namespace callboard::tests;

namespace {

const authority& ours() {
  static const authority made;
  return made;
}

guard_options with_tls(const tls_files& files) {
  return {.tls = files};
}

std::unique_ptr<guard> peer(const tls_files& files) {
  return guard::make(with_tls(files)).value();
}

} // namespace

TEST_CASE("a peer with a certificate is known by name, and talks") {
  server node{with_tls(ours().issue("node.example"))};
  auto worker = peer(ours().issue("gpu1.workers.example"));
  auto made = dial(*worker, node.at);
  REQUIRE(made.has_value());
  CHECK(made->names == std::vector<std::string>{"node.example"});
  auto came = node.arrived->next();
  REQUIRE(came.has_value());
  CHECK(came->names == std::vector<std::string>{"gpu1.workers.example"});
  CHECK(came->roles == peer_roles::all());
  expect_served(node, *worker, 'W');
}

TEST_CASE("programs that a process starts get none of its connections") {
  auto open_for_programs = [] {
    std::set<std::string> all;
    for (const auto& each :
         std::filesystem::directory_iterator{"/proc/self/fd"}) {
      auto number = std::stoi(each.path().filename().string());
      auto flags = ::fcntl(number, F_GETFD);
      if (flags >= 0 && (flags & FD_CLOEXEC) == 0)
        all.insert(each.path().filename().string());
    }
    return all;
  };
  auto before = open_for_programs();
  server node{with_tls(ours().issue("node.example"))};
  auto worker = peer(ours().issue("worker.example"));
  auto made = dial(*worker, node.at);
  REQUIRE(made.has_value());
  auto came = node.arrived->next();
  REQUIRE(came.has_value());
  CHECK(open_for_programs() == before);
}

TEST_CASE("what a peer may do follows from its certificate") {
  auto options = with_tls(ours().issue("node.example"));
  options.allow = {{"*.workers.example", {.perform = true}}};
  server node{options};
  auto worker = peer(ours().issue("gpu1.workers.example"));
  REQUIRE(dial(*worker, node.at).has_value());
  auto came = node.arrived->next();
  REQUIRE(came.has_value());
  CHECK(came->roles == peer_roles{.perform = true});

  // Its certificate is good, but nobody has named it: it gets no further.
  auto stranger = peer(ours().issue("stranger.example"));
  auto made = dial(*stranger, node.at);
  REQUIRE(made.has_value());
  inner_end end{std::move(*made)};
  end.admit(rules_of_side(frame_rules::side::dialled, 'X'));
  CHECK(end.over->next() == "the peer closed the connection");
  CHECK(node.arrived->empty());
}

TEST_CASE("whoever has no good certificate is turned away") {
  authority other;
  server node{with_tls(ours().issue("node.example"))};
  auto good = ours().issue("worker.example");
  tls_files files;
  SECTION("of another authority, though it trusts the node") {
    files = other.issue("worker.example");
    files.ca = good.ca;
  }
  SECTION("expired") {
    files = ours().issue("worker.example", -1);
  }
  auto made = guard::make(with_tls(files));
  if (!made) {
    // The expired one is found out at home already.
    CHECK(made.error().message.find("has expired; renew it")
          != std::string::npos);
  } else {
    // TLS 1.3: the client learns of it only when it reads.
    auto answer = dial(**made, node.at);
    if (answer) {
      inner_end end{std::move(*answer)};
      end.admit(rules_of_side(frame_rules::side::dialled, 'X'));
      CHECK(end.over->next());
    }
  }
  expect_served(node, *peer(good), 'W');
  CHECK(node.arrived->empty());
}

TEST_CASE("who dials makes sure whom it reached") {
  authority other;
  auto worker = peer(ours().issue("worker.example"));
  {
    server impostor{with_tls(other.issue("node.example"))};
    auto made = dial(*worker, impostor.at);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().message.find("certificate verify failed")
          != std::string::npos);
  }
  // Of the right authority, but of another host.
  server node{with_tls(ours().issue("node.example")), "127.0.0.9"};
  auto made = dial(*worker, node.at);
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().message.find("certificate verify failed")
        != std::string::npos);
}

TEST_CASE("without TLS on one side only there is no connection") {
  server node{with_tls(ours().issue("node.example"))};
  auto plain = guard::make({}).value();
  auto made = dial(*plain, node.at);
  REQUIRE(made.has_value());
  inner_end end{std::move(*made)};
  end.admit(rules_of_side(frame_rules::side::dialled, 'X'));
  CHECK(end.send(client_handshake('X') + hello_to_gateway()));
  CHECK(end.over->next());
  CHECK(node.arrived->empty());

  server open{{.handshake_time = std::chrono::milliseconds{300}}};
  auto worker = peer(ours().issue("worker.example"));
  CHECK_FALSE(dial(*worker, open.at).has_value());
}

TEST_CASE("a forged frame ends the line of the forger, and no other") {
  server node{with_tls(ours().issue("node.example"))};
  auto worker = peer(ours().issue("worker.example"));
  auto good = dial(*worker, node.at);
  REQUIRE(good.has_value());
  inner_end honest{std::move(*good)};
  honest.admit(rules_of_side(frame_rules::side::dialled, 'H'));
  auto served = node.next();

  auto bad = dial(*worker, node.at);
  REQUIRE(bad.has_value());
  inner_end forger{std::move(*bad)};
  forger.admit(rules_of_side(frame_rules::side::dialled, 'F'));
  auto met = node.next();
  REQUIRE(forger.send(client_handshake('F')));
  CHECK(met.receive(64) == client_handshake('F'));
  REQUIRE(forger.send(message("exit_msg", "", 5, gateway)));
  CHECK(met.over->next() == "refused: a message that it may not send");
  CHECK(met.receive(1000) == "");
  CHECK(forger.over->next() == "the peer closed the connection");

  REQUIRE(honest.send(client_handshake('H')));
  CHECK(served.receive(64) == client_handshake('H'));
}

TEST_CASE("two lines never have one node id") {
  server node{with_tls(ours().issue("node.example"))};
  auto worker = peer(ours().issue("worker.example"));
  auto join = [&] {
    auto made = dial(*worker, node.at);
    REQUIRE(made.has_value());
    inner_end end{std::move(*made)};
    end.admit(rules_of_side(frame_rules::side::dialled, 'T'));
    REQUIRE(end.send(client_handshake('T')));
    return end;
  };
  auto first = join();
  auto one = node.next();
  CHECK(one.receive(64) == client_handshake('T'));
  auto second = join();
  auto two = node.next();
  auto why = two.over->next();
  REQUIRE(why);
  CHECK(why->find("its node id is that of another connection")
        != std::string::npos);
  CHECK(two.receive(64) == "");
  // When the first is gone (CAF's end as well), the id is free.
  first.connection.socket.reset();
  CHECK(one.over->next() == "the peer closed the connection");
  one.connection.socket.reset();
  std::string passed;
  for (int tries = 0; tries < 1000 && passed.empty(); ++tries) {
    auto third = join();
    passed = node.next().receive(64);
  }
  CHECK(passed == client_handshake('T'));
}

TEST_CASE("a peer from which nothing comes is gone after the silence") {
  auto options = with_tls(ours().issue("node.example"));
  options.silence = std::chrono::milliseconds{200};
  server node{options};
  auto worker = peer(ours().issue("worker.example"));
  auto made = dial(*worker, node.at);
  REQUIRE(made.has_value());
  inner_end slow{std::move(*made)};
  slow.admit(rules_of_side(frame_rules::side::dialled, 'W'));
  auto met = node.next();
  REQUIRE(slow.send(client_handshake('W') + hello_to_gateway().substr(0, 40)));
  CHECK(met.over->next() == "nothing came for 0.2 s");
  CHECK(met.receive(1000) == client_handshake('W'));
}

TEST_CASE("a peer with much unread has to wait, and goes on later") {
  auto options = with_tls(ours().issue("node.example"));
  options.unread_messages = 3;
  server node{options};
  auto worker = peer(ours().issue("worker.example"));
  auto made = dial(*worker, node.at);
  REQUIRE(made.has_value());
  inner_end eager{std::move(*made)};
  eager.admit(rules_of_side(frame_rules::side::dialled, 'W'));
  auto met = node.next();
  // Each is longer than one piece, so that one read never takes in two.
  auto big = hello_to_gateway(std::string(100'000, 'x'));
  REQUIRE(eager.send(client_handshake('W')));
  REQUIRE(eager.send(big + big + big));
  CHECK(met.receive(64 + 3 * big.size()).size() == 64 + 3 * big.size());
  std::thread more{[&] {
    CHECK(eager.send(big));
  }};
  // Nothing of the fourth arrives while three are unread.
  pollfd look{met.connection.socket.get(), POLLIN, 0};
  CHECK(poll(&look, 1, 300) == 0);
  met.connection.control->done_with_one();
  CHECK(met.receive(big.size()) == big);
  more.join();
}

TEST_CASE("what was said before hanging up still arrives") {
  server node{with_tls(ours().issue("node.example"))};
  auto worker = peer(ours().issue("worker.example"));
  auto made = dial(*worker, node.at);
  REQUIRE(made.has_value());
  inner_end end{std::move(*made)};
  end.admit(rules_of_side(frame_rules::side::dialled, 'W'));
  auto met = node.next();
  auto last = hello_to_gateway(std::string(3'000'000, 'x'));
  REQUIRE(end.send(client_handshake('W') + hello_to_gateway()));
  std::thread speaker{[&] {
    CHECK(end.send(last));
  }};
  end.connection.control->hang_up("good-bye", 2);
  CHECK(met.receive(10'000'000)
        == client_handshake('W') + hello_to_gateway() + last);
  speaker.join();
  CHECK(end.over->next() == "good-bye");
  CHECK(met.over->next() == "the peer closed the connection");
}

TEST_CASE("new certificate files are taken, bad ones change nothing") {
  auto first = ours().issue("first.example");
  server node{with_tls(first)};
  auto worker = peer(ours().issue("worker.example"));
  CHECK(dial(*worker, node.at)->names.front() == "first.example");
  auto bad = ours().folder() + "/bad.pem";
  std::ofstream{bad} << "no certificate\n";
  auto expect_bad = [&](const tls_files& files, const std::string& why) {
    auto done = node.gate->reload(files, {});
    REQUIRE_FALSE(done.has_value());
    CAPTURE(done.error().message);
    CHECK(done.error().code == errc::invalid_config);
    CHECK(done.error().message.find(why) != std::string::npos);
  };
  auto second = ours().issue("second.example");
  expect_bad({"/nowhere.pem", second.key, second.ca},
             "TLS certificate /nowhere.pem: can't be read");
  expect_bad({bad, second.key, second.ca}, "is no PEM certificate");
  expect_bad({second.certificate, first.key, second.ca},
             "that belongs to the certificate");
  expect_bad({second.certificate, second.key, bad}, "holds no PEM certificate");
  CHECK(dial(*worker, node.at)->names.front() == "first.example");
  REQUIRE(node.gate->reload(second, {}).has_value());
  CHECK(dial(*worker, node.at)->names.front() == "second.example");
}

TEST_CASE("a port that can't be had is an error that names it") {
  server node{{}};
  auto other = guard::make({}).value();
  auto again = other->bind(node.at);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().message.find(to_string(node.at) + ": bind")
        != std::string::npos);
  auto nowhere = dial(*other, {"127.0.0.1", 1});
  REQUIRE_FALSE(nowhere.has_value());
  CHECK(nowhere.error().message
        == "can't connect to 127.0.0.1:1: TCP: Connection refused");
}

TEST_CASE("a guard that was stopped still answers, and then keeps nothing") {
  // Its thread may have ended before it is asked, or not.
  for (int round = 0; round < 100; ++round) {
    auto held = std::make_shared<int>(round);
    auto gate = guard::make({.log = [held](const log_record&) {
                }}).value();
    gate->stop();
    auto made = dial(*gate, {"127.0.0.1", 1});
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == errc::closed);
    gate->stop();
    gate.reset();
    CHECK(held.use_count() == 1);
  }
}

TEST_CASE("a line may be held longer than its guard") {
  server node{with_tls(ours().issue("node.example"))};
  auto worker = peer(ours().issue("worker.example"));
  auto made = dial(*worker, node.at);
  REQUIRE(made.has_value());
  inner_end end{std::move(*made)};
  end.connection.socket.reset();
  worker.reset();
  end.admit(rules_of_side(frame_rules::side::dialled, 'W'));
  CHECK(end.over->next() == "the connection ended early");
  end.connection.control->done_with_one();
  end.connection.control->hang_up("good-bye", 0);
}
