#include "tests/chaos/node.hpp"

#include "tests/chaos/config_parts.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace callboard::chaos {

namespace {

namespace json = boost::json;

/// A port that nobody has, and that the system gives to nobody who asks for
/// any: a node must have it again after each start.
std::uint16_t fixed_port() {
  constexpr std::uint16_t first = 10'000, end = 32'000;
  static auto next
      = static_cast<std::uint16_t>(first + getpid() * 37 % (end - first));
  for (int tries = 0; tries < end - first; ++tries) {
    next = next + 1 < end ? static_cast<std::uint16_t>(next + 1) : first;
    actors::unique_fd listener{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    here.sin_port = htons(next);
    if (bind(listener.get(), reinterpret_cast<sockaddr*>(&here), sizeof here)
        == 0)
      return next;
  }
  throw std::runtime_error{"no free port"};
}

} // namespace

std::uint16_t port_of(const std::string& url) {
  auto from = url.rfind(':') + 1;
  return static_cast<std::uint16_t>(std::stoi(url.substr(from)));
}

std::string with_port(const std::string& url, std::uint16_t port,
                      const std::string& application) {
  auto from = url.rfind(':') + 1;
  auto to = url.find('/', from);
  return url.substr(0, from) + std::to_string(port) + url.substr(to)
         + "?application_name=" + application;
}

node::node(const settings& rules, const tests::authority& certificates,
           int number)
    : member{rules,
             {.name = "node-" + std::to_string(number),
              .sign = std::to_string(number),
              .command = "run",
              .ready_line = "\"ready: ",
              .first = {.node = number}}},
      number_{number} {
  if (rules.on_postgres()) {
    network_ = std::make_unique<test::tcp_proxy>(port_of(rules.database));
    cluster_port_ = fixed_port();
    peers_ = std::make_unique<test::tcp_proxy>(cluster_port_);
    files_ = certificates.issue(name() + ".nodes.example");
  }
  configure({});
}

std::string node::application() const {
  return "chaos-" + name();
}

std::string node::database() const {
  return network_ ? with_port(rules().database, network_->port(), application())
                  : rules().database;
}

void node::configure(const slots& how_many) {
  auto types = plugin_types(rules().plugin);
  json::object program{{"exec", json::array{rules().job}}};
  json::array queues{
      queue_config("quick", how_many.quick, types),
      queue_config("slow", how_many.slow, types),
      queue_config("program", how_many.program,
                   {{"program", program}, {"program_dead", program}})};
  json::object about{{"name", name()},
                     {"heartbeat", span_text(rules().heartbeat)},
                     {"silence_limit", span_text(rules().silence_limit)}};
  if (peers_) {
    queues.push_back({{"name", "remote"},
                      {"concurrency", 40},
                      {"performers", json::object{}}});
    about["listen"] = loopback(cluster_port_);
    about["advertise"] = loopback(peers_->port());
    about["silence"] = span_text(rules().silence);
    about["tls"] = tls_config(files_);
    about["allow"] = json::array{
        {{"name", "*.nodes.example"}, {"may", json::array{"node"}}},
        {{"name", "*.workers.example"}, {"may", json::array{"perform"}}}};
  }
  write_config(json::serialize(json::object{
      {"database",
       {{"url", database()},
        {"connect_timeout", "2s"},
        {"statement_timeout", rules().on_postgres() ? "5s" : "30s"}}},
      {"queues", std::move(queues)},
      {"node", std::move(about)},
      {"log", {{"level", "info"}, {"format", "json"}}},
      {"shutdown_grace", "10s"},
  }));
}

} // namespace callboard::chaos
