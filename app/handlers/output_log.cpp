#include "app/handlers/output_log.hpp"

#include "store/model/text.hpp"

#include <algorithm>

namespace callboard::app {

void output_log::take(std::string_view bytes) {
  while (!bytes.empty()) {
    if (lines_ == max_lines) {
      dropped_ += bytes.size();
      return;
    }
    auto end = bytes.find('\n');
    auto part = bytes.substr(0, end);
    auto room = std::min(part.size(), max_line - line_.size());
    line_ += part.substr(0, room);
    dropped_ += part.size() - room;
    if (end == bytes.npos)
      return;
    bytes.remove_prefix(end + 1);
    end_line();
  }
}

void output_log::finish() {
  if (!line_.empty())
    end_line();
  if (dropped_ > 0)
    ctx_.log(log_level::debug, "output: " + std::to_string(dropped_)
                                   + " bytes more were not logged");
}

void output_log::end_line() {
  ctx_.log(log_level::debug, "output: " + storable_text(line_, max_line));
  line_.clear();
  ++lines_;
}

} // namespace callboard::app
