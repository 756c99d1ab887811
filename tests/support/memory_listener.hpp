#pragma once

#include "tests/support/memory_state.hpp"

#include <cstdint>
#include <memory>

namespace callboard::testing {

/// Hears the hints of a memory database; blocks in real time.
class memory_listener final : public wake_listener {
public:
  memory_listener(std::shared_ptr<memory_state> state,
                  std::uint64_t connection);
  ~memory_listener() override;

  result<hints> wait(duration limit) override;
  void interrupt() noexcept override;

private:
  std::shared_ptr<memory_state> state_;
  std::uint64_t connection_;
  bool interrupted_ = false;
};

} // namespace callboard::testing
