#include "app/handlers/outcome_file.hpp"

#include "actors/process/unique_fd.hpp"
#include "app/handlers/outcome_json.hpp"
#include "config/size.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace callboard::app {

namespace {

error fault(const std::string& what) {
  return {errc::invalid_job, "its outcome file is of no use: " + what};
}

} // namespace

outcome_file::outcome_file()
    : folder_{outcome_folder::ours()}, path_{folder_->path() + "/XXXXXX"} {
  actors::unique_fd made{::mkostemp(path_.data(), O_CLOEXEC)};
  if (!made)
    throw std::system_error{errno, std::generic_category(),
                            "no outcome file in '" + folder_->path()
                                + "' (make room there, or set TMPDIR)"};
}

outcome_file::~outcome_file() {
  ::unlink(path_.c_str());
}

result<std::optional<outcome>> outcome_file::read(std::size_t limit) const {
  // The program may have put anything in its place: no link is followed, and
  // no pipe waited for.
  actors::unique_fd file{
      ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (!file) {
    if (errno == ENOENT)
      return std::optional<outcome>{};
    return fault(std::strerror(errno));
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return fault("it is not a regular file any more");
  std::string text;
  auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0)
    return std::optional<outcome>{};
  if (size > limit)
    return fault("it is longer than "
                 + config::size_text(static_cast<std::int64_t>(limit)));
  text.resize(size);
  std::size_t filled = 0;
  while (filled < size) {
    auto got = ::read(file.get(), text.data() + filled, size - filled);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return fault(std::strerror(errno));
    if (got == 0)
      break;
    filled += static_cast<std::size_t>(got);
  }
  text.resize(filled);
  auto parsed = parse_outcome(text);
  if (!parsed)
    return fault(parsed.error().message);
  return std::optional<outcome>{std::move(*parsed)};
}

} // namespace callboard::app
