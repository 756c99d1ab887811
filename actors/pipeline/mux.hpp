#pragma once

#include "actors/pipeline/handler.hpp"

#include <concepts>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace callboard {

/// Chooses the handler of a job by its type. A value; filled before use, then
/// only read, from many threads at once.
class mux {
public:
  mux() = default;

  /// One function for every type.
  template <class F>
  requires std::invocable<F&, const job&, context&> &&(
      !std::same_as<std::remove_cvref_t<F>, mux>)
      mux(F every_type) { // NOLINT(google-explicit-constructor)
    otherwise(std::move(every_type));
  }

  /// Jobs of `type` go to `function`. A second call for a type replaces the
  /// first.
  mux& on(std::string type, handler function, type_options options = {});

  /// Jobs of `type` go to `target`, such as an actor.
  mux& on(std::string type, std::shared_ptr<const handler_target> target,
          type_options options = {});

  /// Jobs of every other type. Without this they go to the dead letters with
  /// `unknown type`.
  mux& otherwise(handler function, type_options options = {});

  mux& otherwise(std::shared_ptr<const handler_target> target,
                 type_options options = {});

  /// The route of a type, or null. Stays valid as long as the mux.
  const route* find(std::string_view type) const;

  /// The route of every other type, or null.
  const route* rest() const noexcept { return rest_.get(); }

  bool empty() const noexcept { return routes_.empty() && !rest_; }

  /// Whether any route needs a thread (is a function).
  bool has_functions() const noexcept;

  /// Whether no job of any route can kill this process.
  bool isolated() const noexcept;

  /// The types that were named, sorted.
  std::vector<std::string> types() const;

private:
  std::map<std::string, route, std::less<>> routes_;
  std::shared_ptr<const route> rest_;
};

} // namespace callboard
