#pragma once

#include "tests/support/backends.hpp"

#include <string>

namespace callboard::test {

/// A file system of a few megabytes, in memory, for the server of a test.
class small_disk {
public:
  /// Only root may make one.
  static bool possible();

  /// Throws when it can't be made.
  explicit small_disk(std::size_t megabytes);
  ~small_disk();

  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

  /// An empty folder on it that belongs to PostgreSQL's user.
  const std::string& folder() const { return folder_; }

  /// Somebody else takes all the space that is left, and gives it back.
  void fill() const;
  void make_room() const;

private:
  std::string filler() const { return place_.path() + "/disk/filler"; }

  temporary_folder place_;
  std::string folder_;
};

} // namespace callboard::test
