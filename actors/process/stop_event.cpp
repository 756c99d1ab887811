#include "actors/process/stop_event.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <system_error>

namespace callboard::actors {

namespace {

unique_fd make_event() {
  unique_fd event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!event)
    throw std::system_error{errno, std::generic_category(),
                            "no event for the stop of a job"};
  return event;
}

} // namespace

stop_event::stop_event(std::stop_token token)
    : token_{std::move(token)}, event_{make_event()}, callback_{
                                                          token_,
                                                          [fd = event_.get()] {
                                                            ::eventfd_write(fd,
                                                                            1);
                                                          }} {}

} // namespace callboard::actors
