#include "app/bench/child_member.hpp"

#include "actors/process/sigpipe_guard.hpp"
#include "actors/process/spawn.hpp"

#include <fcntl.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

extern char** environ;

namespace callboard::app::bench {

namespace {

[[noreturn]] void fail(int cause) {
  throw failure{{errc::internal, "bench: a worker process can't be started: "
                                     + std::string{std::strerror(cause)}}};
}

struct pipe_ends {
  actors::unique_fd read;
  actors::unique_fd write;
};

pipe_ends make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    fail(errno);
  return {actors::unique_fd{ends[0]}, actors::unique_fd{ends[1]}};
}

/// Reads what is there; false at the end of the stream.
bool read_more(const actors::unique_fd& from, std::string& to) {
  std::array<char, 4096> buffer;
  for (;;) {
    auto count = ::read(from.get(), buffer.data(), buffer.size());
    if (count > 0)
      to.append(buffer.data(), static_cast<std::size_t>(count));
    else if (count == 0)
      return false;
    else if (errno != EINTR)
      return errno == EAGAIN;
  }
}

std::optional<std::string> take_line(std::string& from) {
  auto end = from.find('\n');
  if (end == std::string::npos)
    return std::nullopt;
  auto line = from.substr(0, end);
  from.erase(0, end + 1);
  return line;
}

std::vector<std::string> own_environment() {
  std::vector<std::string> variables;
  for (auto** each = environ; *each != nullptr; ++each)
    variables.emplace_back(*each);
  return variables;
}

/// "ok", or "error CODE TEXT".
result<void> answer_of(const std::string& line) {
  if (line == "ok")
    return {};
  constexpr std::string_view head = "error ";
  error what{errc::internal, line};
  if (line.starts_with(head)) {
    unsigned code = 0;
    auto [end, fault] = std::from_chars(line.data() + head.size(),
                                        line.data() + line.size(), code);
    if (fault == std::errc{} && *end == ' ')
      what = {static_cast<errc>(code), end + 1};
  }
  return what;
}

} // namespace

child_member::child_member(const part_plan& plan,
                           std::function<void(const std::string&)> errors)
    : errors_{std::move(errors)}, number_{plan.number} {
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  for (auto* ours : {&in.write, &out.read, &err.read})
    ::fcntl(ours->get(), F_SETFL, O_NONBLOCK);
  auto started = actors::spawn(
      {.path = "/proc/self/exe",
       .arguments = {"callboard", child_word},
       .environment = own_environment(),
       .descriptors = {in.read.get(), out.write.get(), err.write.get()}});
  if (started.pid < 0)
    fail(started.error);
  process_ = started.pid;
  in_ = std::move(in.write);
  out_ = std::move(out.read);
  err_ = std::move(err.read);
  tell(to_line(plan));
}

child_member::~child_member() {
  if (process_ < 0)
    return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

std::string child_member::name() const {
  return "worker process " + std::to_string(number_);
}

void child_member::tell(const std::string& line) {
  actors::sigpipe_guard quiet;
  auto text = line + "\n";
  // Shorter than the pipe, which is empty. A child that is gone shows when it
  // is asked for its answer.
  static_cast<void>(!::write(in_.get(), text.data(), text.size()));
}

void child_member::give(const order& what) {
  if (const auto* jobs = std::get_if<production>(&what))
    tell(to_line(*jobs));
  else if (const auto* first = std::get_if<preparation>(&what))
    tell(to_line(*first));
  else if (std::holds_alternative<work_order>(what))
    tell("work");
  else
    tell("close");
  closing_ = process_ >= 0 && std::holds_alternative<close_order>(what);
}

void child_member::stop() {
  tell("stop");
}

std::optional<result<void>> child_member::answer() {
  if (process_ < 0)
    return closing_ ? std::optional<result<void>>{} : gone();
  read_more(err_, err_rest_);
  while (auto line = take_line(err_rest_))
    errors_(*line);
  auto alive = read_more(out_, out_rest_);
  while (auto line = take_line(out_rest_)) {
    auto said = answer_of(*line);
    if (!said)
      said = error{said.error().code, name() + ": " + said.error().message};
    // The end of a close is the end of the process.
    if (!said || !closing_)
      return said;
    in_.reset();
  }
  return alive ? std::nullopt : look_for_end();
}

result<void> child_member::gone() const {
  return error{errc::internal, name() + " has ended"};
}

std::optional<result<void>> child_member::look_for_end() {
  int status = 0;
  if (::waitpid(process_, &status, WNOHANG) != process_)
    return std::nullopt;
  process_ = -1;
  if (closing_ && WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return result<void>{};
  auto how
      = WIFSIGNALED(status)
            ? "was killed by signal " + std::to_string(WTERMSIG(status)) + " ("
                  + sigdescr_np(WTERMSIG(status)) + ")"
            : "ended with exit code " + std::to_string(WEXITSTATUS(status));
  return error{errc::internal, name() + " " + how};
}

} // namespace callboard::app::bench
