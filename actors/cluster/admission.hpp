#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace callboard::actors {

/// Connections that have not yet shown who they are. There are never more than
/// a limit; for a new one beyond that the oldest of the address that has the
/// most must go, so that neither a crowd from one address nor strangers that
/// say nothing keep others out.
class admission {
public:
  using visitor = std::uint64_t;

  explicit admission(std::size_t limit) : limit_{limit} {}

  /// Somebody comes; answers who must go for it. Visitors are numbered in the
  /// order in which they come.
  std::optional<visitor> enter(visitor who, const std::string& address);

  /// Somebody is known now, or gone.
  void leave(visitor who);

  std::size_t size() const noexcept { return addresses_.size(); }

private:
  std::size_t limit_;
  std::map<visitor, std::string> addresses_;
  std::map<std::string, std::set<visitor>> visitors_;
};

} // namespace callboard::actors
