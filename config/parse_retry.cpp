#include "config/duration.hpp"
#include "config/object_reader.hpp"
#include "config/parse.hpp"

namespace callboard::config {

void parse_retry(const cursor& at, retry_policy& to) {
  object_reader from{at, objects::retry};
  auto& wait = to.wait;
  from.read("max_attempts", to.max_attempts);
  from.read("backoff", wait.shape);
  from.read("first", wait.first);
  from.read("limit", wait.limit);
  from.read("jitter", wait.jitter);
  // Two values that do not fit: blames one that stands here. When none does,
  // both were told of already, where the queue says them.
  auto report = [&](std::string_view key, std::string_view other,
                    const std::string& message) {
    auto blamed = from.find(key);
    if (!blamed)
      blamed = from.find(other);
    if (blamed)
      blamed->report(message);
  };
  if (wait.first == duration::zero() && wait.shape != backoff::kind::fixed)
    report("first", "backoff",
           "first is 0s, which can't grow; use \"backoff\": \"fixed\" or a "
           "longer first");
  if (wait.limit < wait.first)
    report("limit", "first",
           "limit (" + duration_text(wait.limit)
               + ") must not be shorter than first ("
               + duration_text(wait.first) + ")");
}

} // namespace callboard::config
