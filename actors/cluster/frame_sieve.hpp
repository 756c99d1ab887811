#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace callboard::actors {

/// Reads what this process sends: counts its messages, and takes out those
/// that CAF's helpers send to each other by name, which no peer's guard wants.
class frame_sieve {
public:
  /// Appends to `through` what shall leave.
  void take(std::string_view bytes, std::string& through) {
    while (!bytes.empty()) {
      if (rest_ == 0) {
        auto part = bytes.substr(0, header_size - head_.size());
        head_ += part;
        bytes.remove_prefix(part.size());
        if (head_.size() < header_size)
          return;
        begin_frame(through);
        continue;
      }
      auto part
          = bytes.substr(0, static_cast<std::size_t>(
                                std::min<std::uint64_t>(rest_, bytes.size())));
      if (leaves_)
        through += part;
      bytes.remove_prefix(part.size());
      rest_ -= part.size();
    }
  }

  /// Messages of our actors, counted when their last byte may have left.
  std::uint64_t messages() const noexcept {
    return messages_ - (rest_ > 0 && counted_ ? 1 : 0);
  }

private:
  static constexpr std::size_t header_size = 32;

  void begin_frame(std::string& through) {
    constexpr char direct_message = 2;
    constexpr char named_receiver = 1;
    auto named = head_[0] == direct_message && head_[3] == named_receiver;
    leaves_ = !named;
    counted_ = head_[0] == direct_message && !named;
    messages_ += counted_ ? 1 : 0;
    for (std::size_t i = 4; i < 8; ++i)
      rest_ = rest_ << 8 | static_cast<unsigned char>(head_[i]);
    if (leaves_)
      through += head_;
    head_.clear();
  }

  std::string head_;
  std::uint64_t rest_ = 0;
  std::uint64_t messages_ = 0;
  bool leaves_ = true;
  bool counted_ = false;
};

} // namespace callboard::actors
