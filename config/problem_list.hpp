#pragma once

#include "config/load.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace callboard::config {

/// Collects what is wrong with a file, and gives it in the order of the file.
class problem_list {
public:
  /// `order` is that of the `json_value` which the problem is about.
  void add(std::size_t order, std::string pointer, std::string message);

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }

  /// In the order of the file; those of one value in the order of `add`.
  std::vector<problem> sorted() const;

private:
  struct entry {
    std::size_t order;
    problem what;
  };

  std::vector<entry> entries_;
};

} // namespace callboard::config
