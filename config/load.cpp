#include "config/load.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace callboard::config {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_file_bytes = 16 * 1024 * 1024;

load_result unreadable(const std::string& why) {
  return std::vector<problem>{{"", "can't read the file: " + why}};
}

struct closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

} // namespace

load_result load(const std::string& path, const environment& variables,
                 purpose what) {
  std::error_code code;
  if (fs::is_directory(path, code))
    return unreadable("it is a directory; name a file in it");
  std::unique_ptr<std::FILE, closer> file{std::fopen(path.c_str(), "rb")};
  if (!file)
    return unreadable(std::generic_category().message(errno));
  std::string text;
  std::array<char, 16 * 1024> buffer{};
  while (auto count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer.data(), count);
    if (text.size() > max_file_bytes)
      return unreadable("it has more than 16 MiB");
  }
  if (std::ferror(file.get()) != 0)
    return unreadable(std::generic_category().message(errno));
  auto folder = fs::absolute(path, code).parent_path().lexically_normal();
  if (code)
    return unreadable(code.message());
  return parse(text, folder.string(), variables, what);
}

} // namespace callboard::config
