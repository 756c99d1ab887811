#include "app/handlers/plugin_handler.hpp"

#include "app/handlers/plugin_library.hpp"

#include <filesystem>

namespace callboard::app {

namespace {

// What the library has to offer, for the remedy.
std::string offer_of(const plugin_library& library) {
  std::string text;
  for (const auto& type : library.types())
    text += (text.empty() ? "it knows '" : ", '") + type + "'";
  return text.empty() ? "it knows none" : text;
}

// `text` with the path as it is written in the file, also where the loader
// repeats it.
std::string with_written_path(std::string text, const std::string& path,
                              const std::string& written) {
  if (written.empty())
    return text;
  for (auto at = text.find(path); at != text.npos;
       at = text.find(path, at + written.size()))
    text.replace(at, path.size(), written);
  return text;
}

handler for_every_type(std::shared_ptr<const plugin_library> library) {
  return [library](const job& work, context& ctx) {
    const auto* function = library->find(work.type);
    if (!function)
      return move_to_dlq("unknown type '" + work.type + "' in queue '"
                         + work.queue + "'");
    return (*function)(work, ctx);
  };
}

} // namespace

result<handler> make_plugin_handler(const config::plugin_settings& from,
                                    const handler_environment& where) {
  auto path = (std::filesystem::path{where.base_directory} / from.path)
                  .lexically_normal()
                  .string();
  auto library = where.plugins->load(path);
  if (!library)
    return error{
        library.error().code,
        with_written_path(library.error().message, path, from.written_path)};
  if (where.type == "*")
    return for_every_type(*library);
  const auto* function = (*library)->find(where.type);
  if (!function)
    return error{errc::invalid_config,
                 "the plugin '" + shown_name(path, from.written_path)
                     + "' has no handler for the type '" + where.type + "'; "
                     + offer_of(**library)};
  return handler{[owner = *library, function](const job& work, context& ctx) {
    return (*function)(work, ctx);
  }};
}

} // namespace callboard::app
