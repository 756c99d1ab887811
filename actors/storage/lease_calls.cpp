#include "actors/storage/lease_calls.hpp"

#include <algorithm>

namespace callboard::actors {

bool lease_calls::uses(line which) const {
  return std::any_of(calls_.begin(), calls_.end(),
                     [which](const auto& x) { return x.second.on == which; });
}

std::optional<lease_calls::line>
lease_calls::next(const std::vector<wisher>& wishes) const {
  if (wishes.empty() || doubtful_ || calls_.size() >= most_)
    return std::nullopt;
  if (!uses(line::first))
    return line::first;
  // Wishes gather while the first line is busy, but for those that want it to
  // have the next one there.
  if (!std::all_of(wishes.begin(), wishes.end(),
                   [](const wisher& x) { return x.wish.ahead; }))
    return std::nullopt;
  auto second = up_ && trusted_ && possible_ && side_by_side(wishes);
  return second ? line::second : line::first;
}

bool lease_calls::wants_second(const std::vector<wisher>& wishes) const {
  return possible_ && most_ > 1 && !wishes.empty() && uses(line::first)
         && side_by_side(wishes);
}

bool lease_calls::side_by_side(const std::vector<wisher>& wishes) const {
  return std::all_of(wishes.begin(), wishes.end(),
                     [](const wisher& x) { return x.wish.side_by_side; });
}

lease_calls::number lease_calls::begin(line on, std::optional<incarnation> node,
                                       std::vector<wisher> wishers) {
  calls_.emplace_back(++last_, call{on, node, std::move(wishers), {}});
  return last_;
}

lease_calls::call& lease_calls::at(number which) {
  return std::find_if(calls_.begin(), calls_.end(),
                      [which](const auto& x) { return x.first == which; })
      ->second;
}

void lease_calls::answered(number which, lease_done done,
                           std::optional<incarnation> present) {
  auto& it = at(which);
  it.answer = std::move(done);
  // It tells of a new name before it answers under that.
  if (it.on == line::first)
    it.node = present;
}

std::optional<lease_calls::call>
lease_calls::take(std::optional<incarnation> present) {
  if (calls_.empty() || !calls_.front().second.answer)
    return std::nullopt;
  auto next = std::move(calls_.front().second);
  calls_.pop_front();
  if (next.node != present)
    for (auto& batch : next.answer->batches) {
      batch.jobs.clear();
      batch.next_due = duration{0};
    }
  return next;
}

void lease_calls::second_failed() {
  trusted_ = false;
  doubt();
}

bool lease_calls::untold() const {
  // The first line does one thing after the other.
  return std::any_of(calls_.begin(), calls_.end(), [](const auto& x) {
    return x.second.on == line::second || x.second.answer;
  });
}

std::optional<lease_calls::number> lease_calls::question() {
  if (!doubtful_ || resting_ || asking_ || !calls_.empty())
    return std::nullopt;
  asking_ = ++last_;
  return asking_;
}

void lease_calls::not_answered() noexcept {
  asking_.reset();
  resting_ = true;
}

void lease_calls::certain() noexcept {
  doubtful_ = false;
  resting_ = false;
  asking_.reset();
}

} // namespace callboard::actors
