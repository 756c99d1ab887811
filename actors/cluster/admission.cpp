#include "actors/cluster/admission.hpp"

#include <algorithm>

namespace callboard::actors {

std::optional<admission::visitor> admission::enter(visitor who,
                                                   const std::string& address) {
  std::optional<visitor> out;
  if (addresses_.size() >= limit_ && !addresses_.empty()) {
    auto most = std::max_element(visitors_.begin(), visitors_.end(),
                                 [](const auto& a, const auto& b) {
                                   return a.second.size() < b.second.size();
                                 });
    out = *most->second.begin();
    leave(*out);
  }
  addresses_.emplace(who, address);
  visitors_[address].insert(who);
  return out;
}

void admission::leave(visitor who) {
  auto at = addresses_.find(who);
  if (at == addresses_.end())
    return;
  auto of = visitors_.find(at->second);
  of->second.erase(who);
  if (of->second.empty())
    visitors_.erase(of);
  addresses_.erase(at);
}

} // namespace callboard::actors
