#include "app/handlers/piped_program.hpp"

#include <fcntl.h>

#include <cerrno>
#include <optional>
#include <utility>

namespace callboard::app {

namespace {

using actors::unique_fd;

struct pipe_ends {
  unique_fd read;
  unique_fd write;
};

std::optional<pipe_ends> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return std::nullopt;
  return pipe_ends{unique_fd{ends[0]}, unique_fd{ends[1]}};
}

bool never_block(const unique_fd& fd) {
  return ::fcntl(fd.get(), F_SETFL, O_NONBLOCK) == 0;
}

} // namespace

std::variant<piped_program, int> start_piped(actors::program_start what) {
  auto in = make_pipe();
  auto out = in ? make_pipe() : std::nullopt;
  auto err = out ? make_pipe() : std::nullopt;
  if (!err || !never_block(in->write) || !never_block(out->read)
      || !never_block(err->read))
    return errno;
  what.descriptors = {in->read.get(), out->write.get(), err->write.get()};
  auto started = actors::spawn(what);
  if (started.pid < 0)
    return started.error;
  return piped_program{started.pid, std::move(in->write), std::move(out->read),
                       std::move(err->read)};
}

} // namespace callboard::app
