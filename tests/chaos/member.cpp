#include "tests/chaos/member.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace callboard::chaos {

namespace {

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

bool has_line(const std::string& path, const std::string& text) {
  std::ifstream file{path};
  for (std::string line; std::getline(file, line);)
    if (line.find(text) != line.npos)
      return true;
  return false;
}

} // namespace

member::member(const settings& rules, traits about)
    : rules_{rules}, about_{std::move(about)} {}

member::~member() {
  if (process_ < 0)
    return;
  ::kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

std::string member::config_file() const {
  return rules_.folder + "/" + name() + ".json";
}

std::string member::log_file(int life) const {
  return rules_.folder + "/" + name() + "." + std::to_string(life) + ".log";
}

void member::write_config(const std::string& text) const {
  auto draft = config_file() + ".new";
  std::ofstream file{draft};
  file << text << '\n';
  file.close();
  std::filesystem::rename(draft, config_file());
}

void member::start() {
  std::lock_guard lock{mutex_};
  auto count = static_cast<int>(lives_.size()) + 1;
  auto next = about_.first;
  next.name = about_.sign + "." + std::to_string(count);
  next.started = present();
  std::vector<std::string> command{rules_.program, about_.command, "-c",
                                   config_file()};
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

bool member::look_after() {
  std::lock_guard lock{mutex_};
  if (process_ < 0)
    return true;
  auto& now = lives_.back();
  if (now.ready == 0
      && has_line(log_file(static_cast<int>(lives_.size())),
                  about_.ready_line)) {
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

bool member::signal(int number) {
  std::lock_guard lock{mutex_};
  return process_ >= 0 && ::kill(process_, number) == 0;
}

bool member::stop() {
  pid_t process = -1;
  {
    std::lock_guard lock{mutex_};
    process = process_;
    if (process < 0 || ::kill(process, SIGSTOP) != 0)
      return false;
  }
  siginfo_t how{};
  return ::waitid(P_PID, static_cast<id_t>(process), &how,
                  WSTOPPED | WEXITED | WNOWAIT)
             == 0
         && how.si_code == CLD_STOPPED;
}

bool member::kill() {
  std::lock_guard lock{mutex_};
  if (process_ < 0)
    return false;
  lives_.back().killed = present();
  return ::kill(process_, SIGKILL) == 0;
}

bool member::ask_to_end() {
  std::lock_guard lock{mutex_};
  if (process_ < 0)
    return false;
  lives_.back().asked_to_end = present();
  return ::kill(process_, SIGTERM) == 0;
}

bool member::ready() const {
  std::lock_guard lock{mutex_};
  return process_ >= 0 && lives_.back().ready != 0;
}

int member::life() const {
  std::lock_guard lock{mutex_};
  return static_cast<int>(lives_.size());
}

std::string member::life_name() const {
  return about_.sign + "." + std::to_string(life());
}

std::optional<micros> member::await_ready(int after, micros limit) {
  std::unique_lock lock{mutex_};
  auto is_ready = [&] {
    return static_cast<int>(lives_.size()) > after && lives_.back().ready != 0;
  };
  if (!changed_.wait_for(lock, std::chrono::microseconds{limit}, is_ready))
    return std::nullopt;
  return lives_.back().ready;
}

bool member::await_end(int life, micros limit) {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, std::chrono::microseconds{limit}, [&] {
    return lives_.at(static_cast<std::size_t>(life) - 1).ended != 0;
  });
}

std::vector<chaos::life> member::lives() const {
  std::lock_guard lock{mutex_};
  return lives_;
}

} // namespace callboard::chaos
