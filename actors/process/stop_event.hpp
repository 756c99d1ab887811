#pragma once

#include "actors/process/unique_fd.hpp"

#include <functional>
#include <stop_token>

namespace callboard::actors {

/// Makes a stop token something that `poll` can wait for.
class stop_event {
public:
  /// Throws `std::system_error` when there is no descriptor left.
  explicit stop_event(std::stop_token token);

  /// Readable from the moment of the stop on.
  int fd() const noexcept { return event_.get(); }

  bool requested() const noexcept { return token_.stop_requested(); }

private:
  std::stop_token token_;
  // Outlives the callback, which writes to it from any thread.
  unique_fd event_;
  std::stop_callback<std::function<void()>> callback_;
};

} // namespace callboard::actors
