#include "tests/upgrade/cast.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <utility>

namespace callboard::test {

namespace {

constexpr std::chrono::seconds patience{60};

// No connection goes out from these addresses, so that nobody takes the port
// while its node is away.
std::string free_address(const std::string& host) {
  int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  ::inet_pton(AF_INET, host.c_str(), &where.sin_addr);
  socklen_t size = sizeof where;
  auto* plain = reinterpret_cast<sockaddr*>(&where);
  bool known = ::bind(socket, plain, size) == 0
               && ::getsockname(socket, plain, &size) == 0;
  ::close(socket);
  if (!known)
    throw std::runtime_error{"no free port"};
  return host + ":" + std::to_string(ntohs(where.sin_port));
}

std::string tls_json(const tls_files& files) {
  return R"("silence": "5s", "tls": {"certificate": ")" + files.certificate
         + R"(", "key": ")" + files.key + R"(", "ca": ")" + files.ca + "\"}";
}

std::string queue_json(const std::string& name, int concurrency) {
  return R"({"name": ")" + name + R"(", "concurrency": )"
         + std::to_string(concurrency) + R"(, "types": {
           "quick": {"plugin": {"path": ")" REHEARSAL_PLUGIN R"("}},
           "slow": {"plugin": {"path": ")" REHEARSAL_PLUGIN R"("}}}})";
}

} // namespace

std::string to_string(build which) {
  return which == build::present ? "present" : "next";
}

std::string path_of(build which) {
  return which == build::present ? CALLBOARD_PROGRAM : CALLBOARD_NEXT;
}

const std::vector<std::string> cast::nodes{"a", "b", "c"};

cast::cast()
    : here{backend::make(backend_kind::postgres)}, notes{here.path("book")},
      shop_{ca_.issue("shop.example")}, addresses_{
                                            {"a", free_address("127.0.0.2")},
                                            {"b", free_address("127.0.0.3")},
                                            {"c", free_address("127.0.0.4")}} {
  for (const auto& each : nodes)
    configure_node(each);
  configure_performer();
}

void cast::configure_node(const std::string& who) {
  here.configure("[" + queue_json("mail", 4) + ", " + queue_json("slow", 3)
                     + R"(, {"name": "render", "concurrency": 6,
                             "performers": {}}])",
                 R"("node": {"name": ")" + who + R"(", "listen": ")"
                     + addresses_.at(who) + R"(", )"
                     + tls_json(ca_.issue(who + ".nodes.example")) + "}",
                 who + ".json");
}

void cast::configure_performer() {
  std::string join;
  for (const auto& [node, address] : addresses_)
    join += (join.empty() ? "\"" : ", \"") + address + "\"";
  here.write("p.json", R"({"node": {"name": "p", "join": [)" + join + "], "
                           + tls_json(ca_.issue("p.workers.example"))
                           + R"(}, "queues": [)" + queue_json("render", 4)
                           + "]}");
}

std::string cast::signature(const std::string& who) const {
  return who + "/" + to_string(builds_.at(who));
}

void cast::start(const std::string& who, build which) {
  builds_[who] = which;
  auto options = here.options();
  options.environment["CALLBOARD_REHEARSAL_NAME"] = signature(who);
  options.environment["CALLBOARD_REHEARSAL_BOOK"] = here.path("book");
  auto performs = who == "p";
  auto& program = running_[who];
  program = std::make_unique<process>(
      std::vector<std::string>{path_of(which), performs ? "perform" : "run",
                               "-c", who + ".json"},
      options);
  if (!performs) {
    program->await_line("ready: ", patience);
    return;
  }
  for (std::size_t i = 0; i < nodes.size(); ++i)
    program->await_line("performs for a node", patience);
}

void cast::drain(const std::string& who) {
  auto gone = running_.extract(who);
  gone.mapped()->signal(SIGTERM);
  auto code = gone.mapped()->wait(patience);
  INFO(signature(who) << ":\n" << gone.mapped()->err());
  REQUIRE(code == 0);
}

finished cast::command(build which, std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), path_of(which));
  auto done = run(std::move(arguments), {}, here.options());
  INFO(to_string(which) << ": " << done.out << done.err);
  REQUIRE(done.code == 0);
  return done;
}

void cast::enqueue_at(const std::string& node, build by,
                      const std::string& id) {
  command(by, {"enqueue", "--node", addresses_.at(node), "--tls-certificate",
               shop_.certificate, "--tls-key", shop_.key, "--tls-ca", shop_.ca,
               "-q", "mail", "-t", "quick", "--id", id});
}

std::vector<std::string> cast::addresses() const {
  std::vector<std::string> all;
  for (const auto& [node, address] : addresses_)
    all.push_back(address);
  return all;
}

} // namespace callboard::test
