#pragma once

#include <string>

namespace callboard::app {

/// A temporary folder for one test, removed with all that is in it.
class scratch_folder {
public:
  scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder();

  const std::string& path() const noexcept { return path_; }
  std::string operator/(const std::string& name) const;

  /// An executable shell script.
  std::string script(const std::string& name, const std::string& body) const;

  std::string file(const std::string& name, const std::string& text,
                   int mode = 0644) const;

  /// A named pipe: reading waits for a writer.
  std::string pipe(const std::string& name) const;

private:
  std::string path_;
};

/// The whole file (of a pipe: until its writers are gone).
std::string text_of(const std::string& path);

/// Waits until the process has ended; false after half a minute.
bool has_ended(int pid);

} // namespace callboard::app
