#pragma once

#include "app/handlers/outcome_folder.hpp"
#include "store/model/error.hpp"
#include "store/model/outcome.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace callboard::app {

/// The file into which a program may write its outcome: empty at first, only
/// for our user (0600), removed at the end.
class outcome_file {
public:
  /// Makes it in the folder of this process. Throws `std::system_error`.
  outcome_file();
  outcome_file(const outcome_file&) = delete;
  outcome_file& operator=(const outcome_file&) = delete;
  ~outcome_file();

  const std::string& path() const noexcept { return path_; }

  /// What the program wrote; nothing when the file is empty or gone. An error
  /// when it holds no outcome, is longer than `limit` bytes, or is not a file
  /// any more.
  [[nodiscard]] result<std::optional<outcome>> read(std::size_t limit) const;

private:
  std::shared_ptr<const outcome_folder> folder_;
  std::string path_;
};

} // namespace callboard::app
