// Crowds before the node's port: they cost nothing that grows, and a peer that
// may come in is served meanwhile.

#include "tests/actors/cluster/guard_stage.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>
#include <vector>

using namespace callboard;
using namespace callboard::tests;

#ifdef __SANITIZE_ADDRESS__
// GCC has no header for it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace {

std::size_t held_kilobytes() {
#ifdef __SANITIZE_ADDRESS__
  // What was freed stays in the process for a while.
  return __sanitizer_get_current_allocated_bytes() / 1024;
#else
  std::ifstream in{"/proc/self/statm"};
  std::size_t all = 0;
  std::size_t resident = 0;
  in >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) / 1024;
#endif
}

std::size_t open_files() {
  std::size_t count = 0;
  for (const auto& one : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    (void)one;
    ++count;
  }
  return count;
}

unique_fd connect_to(const node_address& at) {
  unique_fd made{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(at.port);
  inet_pton(AF_INET, at.host.c_str(), &to.sin_addr);
  REQUIRE(connect(made.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to)
          == 0);
  return made;
}

/// The start of a TLS handshake that never goes on, and other beginnings.
std::string beginning(int which) {
  switch (which % 5) {
  case 0:
    return {};
  case 1:
    return std::string{"\x16\x03\x01\x02\x00\x01", 6};
  case 2:
    return "GET / HTTP/1.1\r\n\r\n";
  case 3: {
    auto head = frame(2, 0, "", tests::async, 5, gateway);
    return head.replace(4, 4, number(0x7fffffff, 4));
  }
  default:
    return std::string(5000, '\xff');
  }
}

} // namespace

TEST_CASE("thousands of strangers don't keep a peer out, nor cost memory") {
  authority ca;
  server node{{.tls = ca.issue("node.example"),
               .handshake_time = std::chrono::seconds{60}}};
  auto worker = guard::make({.tls = ca.issue("worker.example")}).value();
  expect_served(node, *worker, 'A');
  auto files = open_files();
  auto before = held_kilobytes();
  std::vector<unique_fd> held;
  for (int i = 0; i < 4000; ++i) {
    held.push_back(connect_to(node.at));
    auto bytes = beginning(i);
    (void)send(held.back().get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    // Some go, some stay and say nothing more.
    if (held.size() > 400)
      held.erase(held.begin(), held.begin() + 200);
    if (i % 1000 == 999)
      expect_served(node, *worker, static_cast<char>('B' + i / 1000));
  }
  auto grown = held_kilobytes() - std::min(before, held_kilobytes());
  std::cout << "4,000 strangers: " << grown << " kB more" << std::endl;
  CHECK(grown < 60'000);
  held.clear();
  expect_served(node, *worker, 'Z');
  // 256 strangers at a time, and what this test has itself.
  CHECK(open_files() < files + 300);
}

TEST_CASE("announced gigabytes are not reserved, known peers included") {
  server node{{}};
  auto friendly = guard::make({}).value();
  auto before = held_kilobytes();
  for (int i = 0; i < 50; ++i) {
    auto made = dial(*friendly, node.at);
    REQUIRE(made.has_value());
    inner_end peer{std::move(*made)};
    peer.admit(rules_of_side(frame_rules::side::dialled, 'P'));
    auto met = node.next();
    auto name = static_cast<char>('a' + i);
    auto head = frame(2, 0, "", tests::async, 5, gateway);
    // The second is within the limit, and never comes.
    auto size = i % 2 == 0 ? 0x7fffffffU : 60U << 20;
    REQUIRE(peer.send(client_handshake(name)
                      + head.replace(4, 4, number(size, 4)) + "beginning"));
    if (i % 2 == 0)
      CHECK(met.over->next()->starts_with("refused: a frame of 2147483647"));
    else
      CHECK(met.receive(64) == client_handshake(name));
  }
  auto grown = held_kilobytes() - std::min(before, held_kilobytes());
  std::cout << "50 announcements: " << grown << " kB more" << std::endl;
  CHECK(grown < 30'000);
}
