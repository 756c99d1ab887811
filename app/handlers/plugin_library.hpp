#pragma once

#include "actors/pipeline/handler.hpp"
#include "store/model/error.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::app {

/// A loaded plugin and what it registered. It stays loaded until the last
/// owner is gone, so every handler that runs its code owns it.
class plugin_library {
public:
  /// Loads the file and lets it register its handlers, once. `invalid_config`
  /// when it does not load, is no plugin, has another ABI version, or throws.
  [[nodiscard]] static result<std::shared_ptr<const plugin_library>>
  load(const std::string& path);

  plugin_library(const plugin_library&) = delete;
  plugin_library& operator=(const plugin_library&) = delete;
  ~plugin_library();

  const std::string& path() const noexcept { return path_; }

  /// Or null. Valid as long as the library.
  const handler* find(std::string_view type) const;

  /// Sorted.
  std::vector<std::string> types() const;

private:
  plugin_library(std::string path, void* library);

  result<void> register_handlers();

  std::string path_;
  void* library_;
  std::map<std::string, handler, std::less<>> handlers_;
};

/// The libraries that one set of workers uses, each loaded once.
class plugin_shelf {
public:
  [[nodiscard]] result<std::shared_ptr<const plugin_library>>
  load(const std::string& path);

private:
  std::map<std::string, std::shared_ptr<const plugin_library>> loaded_;
};

} // namespace callboard::app
