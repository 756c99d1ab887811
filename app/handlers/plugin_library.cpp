#include "app/handlers/plugin_library.hpp"

#include "actors/pipeline/plugin.hpp"

#include <dlfcn.h>

#include <exception>
#include <functional>
#include <utility>

namespace callboard::app {

namespace {

class registrar final : public plugin_handlers {
public:
  std::map<std::string, handler, std::less<>> handlers;

  void on(std::string type, handler function) override {
    handlers.insert_or_assign(std::move(type), std::move(function));
  }
};

error fault(const std::string& path, const std::string& what) {
  return {errc::invalid_config, "the plugin '" + path + "' " + what};
}

std::string loader_message() {
  const auto* text = ::dlerror();
  return text ? text : "unknown error of the loader";
}

template <class Function>
Function* symbol(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

} // namespace

plugin_library::plugin_library(std::string path, void* library)
    : path_{std::move(path)}, library_{library} {}

plugin_library::~plugin_library() {
  // The code that destroys them lies in the library.
  handlers_.clear();
  ::dlclose(library_);
}

result<std::shared_ptr<const plugin_library>>
plugin_library::load(const std::string& path) {
  // Without a slash the loader would look in the system's folders.
  auto* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return fault(path, "does not load: " + loader_message()
                           + "; build it as a shared library for this machine, "
                             "or correct the path");
  std::shared_ptr<plugin_library> made{new plugin_library{path, library}};
  if (auto registered = made->register_handlers(); !registered)
    return registered.error();
  return std::shared_ptr<const plugin_library>{std::move(made)};
}

result<void> plugin_library::register_handlers() {
  auto* abi = symbol<int()>(library_, "callboard_plugin_abi");
  auto* enroll
      = symbol<void(plugin_handlers&)>(library_, "callboard_plugin_register");
  if (!abi || !enroll)
    return fault(path_, "is a library but no plugin: it has no symbol "
                            + std::string{abi ? "callboard_plugin_register"
                                              : "callboard_plugin_abi"}
                            + "; use CALLBOARD_PLUGIN of "
                              "actors/pipeline/plugin.hpp");
  if (auto version = abi(); version != plugin_abi_version)
    return fault(path_, "was built for plugin ABI version "
                            + std::to_string(version) + ", this program has "
                            + std::to_string(plugin_abi_version)
                            + "; build it against the headers of this "
                              "program");
  registrar all;
  try {
    enroll(all);
  } catch (const std::exception& x) {
    return fault(path_, "failed while it registered its handlers: "
                            + std::string{x.what()});
  } catch (...) {
    return fault(path_, "failed while it registered its handlers");
  }
  handlers_ = std::move(all.handlers);
  return {};
}

const handler* plugin_library::find(std::string_view type) const {
  auto found = handlers_.find(type);
  return found == handlers_.end() || !found->second ? nullptr : &found->second;
}

std::vector<std::string> plugin_library::types() const {
  std::vector<std::string> result;
  for (const auto& [type, ignored] : handlers_)
    result.push_back(type);
  return result;
}

result<std::shared_ptr<const plugin_library>>
plugin_shelf::load(const std::string& path) {
  if (auto found = loaded_.find(path); found != loaded_.end())
    return found->second;
  auto made = plugin_library::load(path);
  if (made)
    loaded_.emplace(path, *made);
  return made;
}

} // namespace callboard::app
