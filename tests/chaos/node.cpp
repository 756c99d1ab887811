#include "tests/chaos/node.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace callboard::chaos {

namespace {

namespace json = boost::json;

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// Only the child calls it, between fork and exec.
[[noreturn]] void become(char* const* arguments, char* const* environment,
                         int log) {
  // No daemon outlives the test, however that ends.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Ctrl-C is the test's alone.
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, 0);
  dup2(log, 1);
  dup2(log, 2);
  execve(arguments[0], arguments, environment);
  _exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& each : texts)
    all.push_back(each.data());
  all.push_back(nullptr);
  return all;
}

json::object plugin_types(const std::string& path) {
  json::object types;
  for (const auto* type : {"plain", "retry", "policy", "again", "throw", "once",
                           "poison_exit", "poison_abort", "poison_segv"})
    types[type] = {{"plugin", {{"path", path}}}};
  return types;
}

std::string span(micros time) {
  return std::to_string(time) + "us";
}

bool has_line(const std::string& path, const std::string& text) {
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);)
    if (line.find(text) != line.npos)
      return true;
  return false;
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

node::node(const settings& rules, int number)
    : rules_{rules}, number_{number},
      network_{rules.on_postgres()
                   ? std::make_unique<test::tcp_proxy>(port_of(rules.database))
                   : nullptr} {
  configure({});
}

node::~node() {
  if (process_ < 0)
    return;
  ::kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

std::string node::application() const {
  return "chaos-" + name();
}

std::string node::config_file() const {
  return rules_.folder + "/" + name() + ".json";
}

std::string node::log_file(int life) const {
  return rules_.folder + "/" + name() + "." + std::to_string(life) + ".log";
}

std::string node::database() const {
  return network_ ? with_port(rules_.database, network_->port(), application())
                  : rules_.database;
}

void node::configure(const slots& how_many) {
  auto queue = [&](const char* name, int concurrency, json::object types) {
    return json::object{
        {"name", name},
        {"concurrency", concurrency},
        {"retry", {{"backoff", "fixed"}, {"first", "100ms"}}},
        {"types", std::move(types)},
    };
  };
  json::object program{{"exec", json::array{rules_.job}}};
  json::object whole{
      {"database",
       {{"url", database()},
        {"connect_timeout", "2s"},
        {"statement_timeout", rules_.on_postgres() ? "5s" : "30s"}}},
      {"queues",
       {queue("quick", how_many.quick, plugin_types(rules_.plugin)),
        queue("slow", how_many.slow, plugin_types(rules_.plugin)),
        queue("program", how_many.program,
              {{"program", program}, {"program_dead", program}})}},
      {"node",
       {{"name", name()},
        {"heartbeat", span(rules_.heartbeat)},
        {"silence_limit", span(rules_.silence_limit)}}},
      {"log", {{"level", "info"}, {"format", "json"}}},
      {"shutdown_grace", "10s"},
  };
  // A reload never sees half a file.
  auto draft = config_file() + ".new";
  std::ofstream file{draft};
  file << json::serialize(whole) << '\n';
  file.close();
  std::filesystem::rename(draft, config_file());
}

void node::start() {
  std::lock_guard lock{mutex_};
  auto count = static_cast<int>(lives_.size()) + 1;
  chaos::life next{.name
                   = std::to_string(number_) + "." + std::to_string(count),
                   .node = number_,
                   .started = present()};
  std::vector<std::string> command{rules_.program, "run", "-c", config_file()};
  std::vector<std::string> variables{
      "CHAOS_LEDGER=" + rules_.folder + "/ledger",
      "CHAOS_LIFE=" + next.name,
      "PATH=/usr/bin:/bin",
      "LC_ALL=C.UTF-8",
  };
  for (const auto* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"})
    if (const auto* value = std::getenv(name))
      variables.push_back(std::string{name} + "=" + value);
  auto arguments = pointers(command);
  auto environment = pointers(variables);
  actors::unique_fd log{open(log_file(count).c_str(),
                             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
  if (log.get() < 0)
    fail("can't open a log");
  process_ = fork();
  if (process_ < 0)
    fail("fork");
  if (process_ == 0)
    become(arguments.data(), environment.data(), log.get());
  end_ = actors::unique_fd{
      static_cast<int>(syscall(SYS_pidfd_open, process_, 0))};
  if (end_.get() < 0)
    fail("pidfd_open");
  lives_.push_back(std::move(next));
}

bool node::look_after() {
  std::lock_guard lock{mutex_};
  if (process_ < 0)
    return true;
  auto& now = lives_.back();
  if (now.ready == 0
      && has_line(log_file(static_cast<int>(lives_.size())), "\"ready: ")) {
    now.ready = present();
    changed_.notify_all();
  }
  int status = 0;
  if (waitpid(process_, &status, WNOHANG) == 0)
    return false;
  process_ = -1;
  end_ = {};
  now.ended = present();
  now.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  changed_.notify_all();
  return true;
}

bool node::signal(int number) {
  std::lock_guard lock{mutex_};
  return process_ >= 0 && ::kill(process_, number) == 0;
}

bool node::kill() {
  std::lock_guard lock{mutex_};
  if (process_ < 0)
    return false;
  lives_.back().killed = present();
  return ::kill(process_, SIGKILL) == 0;
}

bool node::ask_to_end() {
  std::lock_guard lock{mutex_};
  if (process_ < 0)
    return false;
  lives_.back().asked_to_end = present();
  return ::kill(process_, SIGTERM) == 0;
}

bool node::ready() const {
  std::lock_guard lock{mutex_};
  return process_ >= 0 && lives_.back().ready != 0;
}

int node::life() const {
  std::lock_guard lock{mutex_};
  return static_cast<int>(lives_.size());
}

std::optional<micros> node::await_ready(int after, micros limit) {
  std::unique_lock lock{mutex_};
  auto is_ready = [&] {
    return static_cast<int>(lives_.size()) > after && lives_.back().ready != 0;
  };
  if (!changed_.wait_for(lock, std::chrono::microseconds{limit}, is_ready))
    return std::nullopt;
  return lives_.back().ready;
}

bool node::await_end(int life, micros limit) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::microseconds{limit}, [&] {
    return lives_.at(static_cast<std::size_t>(life) - 1).ended != 0;
  });
}

std::vector<chaos::life> node::lives() const {
  std::lock_guard lock{mutex_};
  return lives_;
}

} // namespace callboard::chaos
