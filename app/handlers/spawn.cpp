#include "app/handlers/spawn.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

#include <cerrno>
#include <optional>

namespace callboard::app {

namespace {

struct pipe_ends {
  unique_fd read;
  unique_fd write;
};

// Above the standard streams, so that putting one end onto 0, 1 or 2 in the
// child never runs over another: the daemon may have been started without
// them.
unique_fd above_streams(unique_fd fd) {
  if (fd.get() > STDERR_FILENO)
    return fd;
  return unique_fd{::fcntl(fd.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
}

std::optional<pipe_ends> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return std::nullopt;
  pipe_ends made{above_streams(unique_fd{ends[0]}),
                 above_streams(unique_fd{ends[1]})};
  if (!made.read || !made.write)
    return std::nullopt;
  return made;
}

bool never_block(const unique_fd& fd) {
  return ::fcntl(fd.get(), F_SETFL, O_NONBLOCK) == 0;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const auto& text : texts)
    result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// What the child does before it becomes the program.
class actions {
public:
  actions() { posix_spawn_file_actions_init(&value_); }
  actions(const actions&) = delete;
  actions& operator=(const actions&) = delete;
  ~actions() { posix_spawn_file_actions_destroy(&value_); }

  int fill(const std::string& directory, int in, int out, int err) {
    for (auto [from, to] :
         {std::pair{in, STDIN_FILENO}, std::pair{out, STDOUT_FILENO},
          std::pair{err, STDERR_FILENO}})
      if (int e = posix_spawn_file_actions_adddup2(&value_, from, to); e != 0)
        return e;
    if (!directory.empty())
      if (int e
          = posix_spawn_file_actions_addchdir_np(&value_, directory.c_str());
          e != 0)
        return e;
    return posix_spawn_file_actions_addclosefrom_np(&value_, STDERR_FILENO + 1);
  }

  const posix_spawn_file_actions_t* get() const { return &value_; }

private:
  posix_spawn_file_actions_t value_;
};

// Its group and its signals.
class attributes {
public:
  attributes() {
    posix_spawnattr_init(&value_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setpgroup(&value_, 0);
    posix_spawnattr_setsigmask(&value_, &none);
    posix_spawnattr_setsigdefault(&value_, &all);
    posix_spawnattr_setflags(&value_, POSIX_SPAWN_SETPGROUP
                                          | POSIX_SPAWN_SETSIGMASK
                                          | POSIX_SPAWN_SETSIGDEF);
  }
  attributes(const attributes&) = delete;
  attributes& operator=(const attributes&) = delete;
  ~attributes() { posix_spawnattr_destroy(&value_); }

  const posix_spawnattr_t* get() const { return &value_; }

private:
  posix_spawnattr_t value_;
};

} // namespace

std::variant<child, int> spawn(const program_start& what) {
  auto in = make_pipe();
  auto out = in ? make_pipe() : std::nullopt;
  auto err = out ? make_pipe() : std::nullopt;
  if (!err || !never_block(in->write) || !never_block(out->read)
      || !never_block(err->read))
    return errno;
  actions before;
  if (int e = before.fill(what.directory, in->read.get(), out->write.get(),
                          err->write.get());
      e != 0)
    return e;
  attributes how;
  auto arguments = pointers(what.arguments);
  auto environment = pointers(what.environment);
  child made;
  if (int e = posix_spawn(&made.pid, what.path.c_str(), before.get(), how.get(),
                          arguments.data(), environment.data());
      e != 0)
    return e;
  made.in = std::move(in->write);
  made.out = std::move(out->read);
  made.err = std::move(err->read);
  return made;
}

} // namespace callboard::app
