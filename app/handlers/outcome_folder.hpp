#pragma once

#include "actors/process/unique_fd.hpp"

#include <memory>
#include <string>

namespace callboard::app {

/// The folder of one process for the files into which its programs write their
/// outcomes; only for our user (0700), removed at the end. A process that was
/// killed leaves its folder behind: the next one that makes one removes it. It
/// can tell by a lock on the folder, which goes with its owner.
class outcome_folder {
public:
  /// Makes one inside `parent`. Throws `std::system_error`.
  explicit outcome_folder(const std::string& parent);
  outcome_folder(const outcome_folder&) = delete;
  outcome_folder& operator=(const outcome_folder&) = delete;
  ~outcome_folder();

  const std::string& path() const noexcept { return path_; }

  /// The one that all programs of this process share, in the folder of TMPDIR
  /// (/tmp); a new one when somebody has removed it. Throws
  /// `std::system_error`.
  static std::shared_ptr<const outcome_folder> ours();

private:
  std::string path_;
  actors::unique_fd lock_;
};

} // namespace callboard::app
