#include "app/daemon/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <system_error>

namespace callboard::app {

signal_waiter::signal_waiter(std::initializer_list<int> signals) {
  sigset_t wanted;
  sigemptyset(&wanted);
  for (auto each : signals)
    sigaddset(&wanted, each);
  pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  signals_ = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
  interrupts_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (signals_ < 0 || interrupts_ < 0)
    throw std::system_error{errno, std::generic_category(),
                            "waiting for signals"};
}

signal_waiter::~signal_waiter() {
  close(signals_);
  close(interrupts_);
}

std::optional<int>
signal_waiter::wait(std::optional<std::chrono::milliseconds> limit) {
  std::array<pollfd, 2> wanted{
      {{signals_, POLLIN, 0}, {interrupts_, POLLIN, 0}}};
  auto time = limit ? static_cast<int>(limit->count()) : -1;
  while (poll(wanted.data(), wanted.size(), time) < 0)
    if (errno != EINTR)
      return std::nullopt;
  signalfd_siginfo info{};
  if (read(signals_, &info, sizeof info) == sizeof info)
    return static_cast<int>(info.ssi_signo);
  return std::nullopt;
}

void signal_waiter::interrupt() noexcept {
  std::uint64_t one = 1;
  static_cast<void>(!write(interrupts_, &one, sizeof one));
}

} // namespace callboard::app
