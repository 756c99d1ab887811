#include "app/cli/line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace callboard::app {

line_reader::state line_reader::next(std::chrono::milliseconds patience) {
  std::array<char, 65536> chunk;
  for (;;) {
    auto end = buffer_.find('\n', searched_);
    if (end != std::string::npos)
      return end - begin_ > limit_ ? state::too_long : take(end - begin_, 1);
    searched_ = buffer_.size();
    if (buffer_.size() - begin_ > limit_)
      return state::too_long;
    if (at_end_)
      return begin_ == buffer_.size() ? state::end
                                      : take(buffer_.size() - begin_, 0);
    // What was handed out goes before more comes in.
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
    pollfd wanted{descriptor_, POLLIN, 0};
    auto ready = poll(&wanted, 1, static_cast<int>(patience.count()));
    if (ready == 0)
      return state::pause;
    auto count = ready < 0 ? ssize_t{-1}
                           : read(descriptor_, chunk.data(), chunk.size());
    if (count < 0 && errno != EINTR && errno != EAGAIN)
      return state::broken;
    if (count == 0)
      at_end_ = true;
    if (count > 0)
      buffer_.append(chunk.data(), static_cast<std::size_t>(count));
  }
}

line_reader::state line_reader::take(std::size_t length, std::size_t skip) {
  line_ = std::string_view{buffer_}.substr(begin_, length);
  if (line_.ends_with('\r'))
    line_.remove_suffix(1);
  begin_ += length + skip;
  searched_ = begin_;
  ++number_;
  return state::line;
}

} // namespace callboard::app
