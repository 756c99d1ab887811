#include "actors/supervisor/credits.hpp"

#include <algorithm>

namespace callboard::actors {

void credits::assign(const std::string& queue, std::size_t limit,
                     std::optional<poller_id> live) {
  auto& line = lines_[queue];
  line.limit = limit;
  line.live = live;
  tidy(queue);
}

std::optional<credits::grant> credits::next(const std::string& queue) {
  auto found = lines_.find(queue);
  if (found == lines_.end() || !found->second.live)
    return std::nullopt;
  auto& line = found->second;
  auto out = held(queue);
  if (out >= line.limit)
    return std::nullopt;
  auto count = line.limit - out;
  line.held[*line.live] += count;
  return grant{*line.live, count};
}

void credits::give_back(const std::string& queue, poller_id from,
                        std::size_t count) {
  auto found = lines_.find(queue);
  if (found == lines_.end())
    return;
  auto holder = found->second.held.find(from);
  if (holder == found->second.held.end())
    return;
  holder->second -= std::min(holder->second, count);
  if (holder->second == 0)
    found->second.held.erase(holder);
  tidy(queue);
}

void credits::forget(const std::string& queue, poller_id who) {
  auto found = lines_.find(queue);
  if (found == lines_.end())
    return;
  found->second.held.erase(who);
  if (found->second.live == who)
    found->second.live.reset();
  tidy(queue);
}

void credits::inherit(const std::string& queue, poller_id from,
                      poller_id heir) {
  auto& line = lines_[queue];
  if (auto held = line.held.extract(from))
    line.held[heir] += held.mapped();
  if (line.live == from)
    line.live = heir;
}

std::optional<poller_id> credits::live(const std::string& queue) const {
  auto found = lines_.find(queue);
  return found == lines_.end() ? std::nullopt : found->second.live;
}

std::size_t credits::limit(const std::string& queue) const {
  auto found = lines_.find(queue);
  return found == lines_.end() ? 0 : found->second.limit;
}

std::size_t credits::held(const std::string& queue, poller_id who) const {
  auto found = lines_.find(queue);
  if (found == lines_.end())
    return 0;
  auto holder = found->second.held.find(who);
  return holder == found->second.held.end() ? 0 : holder->second;
}

std::size_t credits::held(const std::string& queue) const {
  auto found = lines_.find(queue);
  if (found == lines_.end())
    return 0;
  std::size_t sum = 0;
  for (const auto& [who, count] : found->second.held)
    sum += count;
  return sum;
}

void credits::tidy(const std::string& queue) {
  auto found = lines_.find(queue);
  if (found != lines_.end() && found->second.limit == 0 && !found->second.live
      && found->second.held.empty())
    lines_.erase(found);
}

} // namespace callboard::actors
