#include "actors/pipeline/mux.hpp"

#include <algorithm>

namespace callboard {

mux& mux::on(std::string type, handler function, type_options options) {
  routes_.insert_or_assign(std::move(type),
                           route{std::move(function), nullptr, options});
  return *this;
}

mux& mux::on(std::string type, std::shared_ptr<const handler_target> target,
             type_options options) {
  routes_.insert_or_assign(std::move(type),
                           route{nullptr, std::move(target), options});
  return *this;
}

mux& mux::otherwise(handler function, type_options options) {
  rest_ = std::make_shared<const route>(
      route{std::move(function), nullptr, options});
  return *this;
}

mux& mux::otherwise(std::shared_ptr<const handler_target> target,
                    type_options options) {
  rest_ = std::make_shared<const route>(
      route{nullptr, std::move(target), options});
  return *this;
}

const route* mux::find(std::string_view type) const {
  auto found = routes_.find(type);
  return found != routes_.end() ? &found->second : rest_.get();
}

bool mux::has_functions() const noexcept {
  auto is_function = [](const auto& x) {
    return bool{x.second.function};
  };
  return (rest_ && rest_->function)
         || std::any_of(routes_.begin(), routes_.end(), is_function);
}

bool mux::isolated() const noexcept {
  return (!rest_ || rest_->isolated())
         && std::all_of(routes_.begin(), routes_.end(),
                        [](const auto& x) { return x.second.isolated(); });
}

std::vector<std::string> mux::types() const {
  std::vector<std::string> result;
  result.reserve(routes_.size());
  for (const auto& [type, ignored] : routes_)
    result.push_back(type);
  return result;
}

} // namespace callboard
