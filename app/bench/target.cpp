#include "app/bench/target.hpp"

namespace callboard::app::bench {

std::variant<target, std::vector<config::problem>>
find_target(const std::string& config, const std::string& url) {
  if (config.empty()) {
    if (auto good = check_url(url); !good)
      return std::vector<config::problem>{{"", good.error().message}};
    return target{open(url), {}};
  }
  auto loaded = config::load(config);
  if (auto* problems = std::get_if<std::vector<config::problem>>(&loaded))
    return std::move(*problems);
  auto& settings = std::get<config::settings>(loaded);
  return target{open(settings.database_url, settings.database),
                std::move(settings.node)};
}

} // namespace callboard::app::bench
