#include "tests/support/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace callboard::test {

using steady = std::chrono::steady_clock;

namespace {

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::system_error{errno, std::generic_category(), "pipe"};
  return ends;
}

void close_if_open(int& descriptor) {
  if (descriptor >= 0)
    close(descriptor);
  descriptor = -1;
}

/// Only the child calls it, between fork and exec.
[[noreturn]] void become(const std::vector<char*>& arguments,
                         const std::vector<char*>& environment,
                         const start_options& options) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (options.file_limit != 0) {
    rlimit limit{options.file_limit, options.file_limit};
    setrlimit(RLIMIT_FSIZE, &limit);
    // Writes then fail, as they do on a full disk, instead of killing it.
    ::signal(SIGXFSZ, SIG_IGN);
  }
  if (!options.directory.empty() && chdir(options.directory.c_str()) != 0)
    _exit(126);
  if (options.user != 0
      && (setgroups(0, nullptr) != 0 || setgid(options.user) != 0
          || setuid(options.user) != 0))
    _exit(126);
  execvpe(arguments[0], arguments.data(), environment.data());
  _exit(127);
}

std::vector<std::string>
environment_with(const std::map<std::string, std::string>& extra) {
  std::vector<std::string> all;
  for (auto** each = environ; *each != nullptr; ++each) {
    std::string_view text{*each};
    if (!extra.contains(std::string{text.substr(0, text.find('='))}))
      all.emplace_back(text);
  }
  for (const auto& [name, value] : extra)
    all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& each : texts)
    all.push_back(each.data());
  all.push_back(nullptr);
  return all;
}

} // namespace

process::process(std::vector<std::string> command, start_options options)
    : name_{command.at(0)} {
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  auto variables = environment_with(options.environment);
  auto arguments = pointers(command);
  auto environment = pointers(variables);
  id_ = fork();
  if (id_ < 0)
    throw std::system_error{errno, std::generic_category(), "fork"};
  if (id_ == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    dup2(err[1], 2);
    become(arguments, environment, options);
  }
  close(in[0]);
  close(out[1]);
  close(err[1]);
  input_ = in[1];
  out_.pipe = out[0];
  err_.pipe = err[0];
  for (auto each : {input_, out_.pipe, err_.pipe})
    fcntl(each, F_SETFL, O_NONBLOCK);
  end_ = static_cast<int>(syscall(SYS_pidfd_open, id_, 0));
  if (end_ < 0)
    throw std::system_error{errno, std::generic_category(), "pidfd_open"};
  // A program that ends early must not end the test with it.
  ::signal(SIGPIPE, SIG_IGN);
}

process::~process() {
  if (!ended_) {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  close_if_open(input_);
  close_if_open(out_.pipe);
  close_if_open(err_.pipe);
  close_if_open(end_);
}

void process::signal(int number) const {
  kill(id_, number);
}

void process::write(std::string_view text) {
  auto deadline = steady::now() + seconds{60};
  while (!text.empty()) {
    auto count = ::write(input_, text.data(), text.size());
    if (count > 0)
      text.remove_prefix(static_cast<std::size_t>(count));
    else if (errno == EPIPE)
      return;
    else if (!pump(deadline, {input_, POLLOUT, 0}))
      give_up("takes no input");
  }
}

void process::close_input() {
  close_if_open(input_);
}

std::string process::await_line(std::string_view text, seconds limit) {
  auto deadline = steady::now() + limit;
  for (;;) {
    for (auto* each : {&out_, &err_})
      if (auto line = next_line(*each, text); !line.empty())
        return line;
    if (out_.pipe < 0 && err_.pipe < 0)
      give_up("ended without a line with '" + std::string{text} + "'");
    if (!pump(deadline, {-1, 0, 0}))
      give_up("has no line with '" + std::string{text} + "'");
  }
}

int process::wait(seconds limit) {
  close_input();
  auto deadline = steady::now() + limit;
  int status = 0;
  // Its pipes may stay open after it, in a child that it left behind.
  while (waitpid(id_, &status, WNOHANG) == 0)
    if (!pump(deadline, {end_, POLLIN, 0}))
      give_up("does not end");
  ended_ = true;
  read_on();
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool process::pump(steady::time_point deadline, pollfd also) {
  std::array<pollfd, 3> wanted{
      {{out_.pipe, POLLIN, 0}, {err_.pipe, POLLIN, 0}, also}};
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - steady::now());
  if (left.count() <= 0
      || poll(wanted.data(), wanted.size(), static_cast<int>(left.count()))
             == 0)
    return false;
  read_on();
  return true;
}

void process::read_on() {
  for (auto* each : {&out_, &err_})
    if (each->pipe >= 0 && !drain(*each))
      close_if_open(each->pipe);
}

/// False at the end of the stream.
bool process::drain(stream& from) {
  std::array<char, 65536> chunk;
  for (;;) {
    auto count = read(from.pipe, chunk.data(), chunk.size());
    if (count <= 0)
      return count < 0 && (errno == EAGAIN || errno == EINTR);
    from.text.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

/// The first whole line of those not passed over; empty when there is none.
std::string process::next_line(stream& from, std::string_view text) {
  for (auto begin = from.seen;;) {
    auto end = from.text.find('\n', begin);
    if (end == std::string::npos)
      return {};
    auto line = from.text.substr(begin, end - begin);
    begin = end + 1;
    if (line.find(text) == std::string::npos)
      continue;
    from.seen = begin;
    return line;
  }
}

void process::give_up(const std::string& what) const {
  throw std::runtime_error{name_ + " " + what + "\n--- it said:\n" + out_.text
                           + "--- and on standard error:\n" + err_.text};
}

finished run(std::vector<std::string> command, std::string_view input,
             start_options options) {
  process program{std::move(command), std::move(options)};
  program.write(input);
  auto code = program.wait();
  return {code, program.out(), program.err()};
}

} // namespace callboard::test
