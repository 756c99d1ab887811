#include "actors/isolation/stop_post.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace callboard::actors {

namespace {

// It counts against the limit of memory; the callbacks of a handler's stop run
// on it.
constexpr std::size_t stack_size = 1 << 20;

} // namespace

stop_post::stop_post(int channel) : state_{new state{.channel = channel}} {
  pthread_attr_t how;
  ::pthread_attr_init(&how);
  ::pthread_attr_setstacksize(&how, stack_size);
  ::pthread_attr_setdetachstate(&how, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  auto listen = [](void* all) -> void* {
    static_cast<state*>(all)->listen();
    return nullptr;
  };
  auto failed = ::pthread_create(&thread, &how, listen, state_);
  ::pthread_attr_destroy(&how);
  if (failed != 0)
    throw std::system_error{failed, std::generic_category(),
                            "no thread for the stops of jobs"};
}

void stop_post::state::listen() {
  for (;;) {
    stop_call call;
    auto got = ::recv(channel, &call, sizeof call, 0);
    if (got == static_cast<ssize_t>(sizeof call))
      fire(call);
    else if (got >= 0 || errno != EINTR)
      break;
  }
  if (::getpgrp() == ::getpid())
    ::kill(0, SIGKILL);
  ::_exit(0);
}

void stop_post::state::fire(const stop_call& call) {
  std::optional<stop_signal> found;
  {
    std::lock_guard guard{mutex};
    last = call;
    if (call.number == running)
      found = stop;
  }
  // Runs the callbacks of whoever waits for it.
  if (found)
    found->request(call.why);
}

stop_post::entry::entry(stop_post& post, std::int64_t number) : post_{post} {
  auto why = stop_reason::none;
  {
    std::lock_guard guard{post_.state_->mutex};
    post_.state_->running = number;
    post_.state_->stop = stop_;
    if (post_.state_->last.number == number)
      why = post_.state_->last.why;
  }
  if (why != stop_reason::none)
    stop_.request(why);
}

stop_post::entry::~entry() {
  std::lock_guard guard{post_.state_->mutex};
  post_.state_->running = 0;
  post_.state_->stop.reset();
}

} // namespace callboard::actors
