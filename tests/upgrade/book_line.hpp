#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

/// What the programs of the rehearsal tell the test.
namespace callboard::test {

/// "node/build", as the test named this process.
inline std::string own_name() {
  const char* name = std::getenv("CALLBOARD_REHEARSAL_NAME");
  return name ? name : "somebody";
}

/// One write, so that lines of several processes do not mix. False when nobody
/// reads.
inline bool write_line(const std::string& line) {
  const char* path = std::getenv("CALLBOARD_REHEARSAL_BOOK");
  if (!path)
    return false;
  int file = ::open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (file < 0)
    return false;
  // There is a reader: wait for it when the pipe is full.
  ::fcntl(file, F_SETFL, O_WRONLY);
  auto text = line + "\n";
  auto written = ::write(file, text.data(), text.size());
  ::close(file);
  return written == static_cast<ssize_t>(text.size());
}

} // namespace callboard::test
