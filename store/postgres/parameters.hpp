#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::store {

/// The parameters of one statement in PostgreSQL's binary form: exact bytes,
/// nothing to escape, and arrays of any size as one parameter.
class parameters {
public:
  parameters& add(std::int64_t value);
  parameters& add(std::optional<std::int64_t> value);
  parameters& add(std::string_view text);
  parameters& add(const std::optional<std::string>& text);
  parameters& add(const std::vector<std::int64_t>& values);
  parameters& add(const std::vector<std::optional<std::int64_t>>& values);
  parameters& add(const std::vector<std::string_view>& texts);
  parameters& add_bytes(std::string_view value);
  /// An array of bytea; null pointers become NULL.
  parameters& add_bytes(const std::vector<const std::string*>& values);

  int size() const noexcept { return static_cast<int>(types_.size()); }
  const unsigned* types() const noexcept { return types_.data(); }
  const int* formats() const noexcept { return formats_.data(); }
  /// Valid until the next `add`.
  const char* const* values() const;
  const int* lengths() const noexcept { return lengths_.data(); }

private:
  parameters& append(unsigned type, std::optional<std::string> bytes);

  std::vector<unsigned> types_;
  std::vector<int> formats_;
  std::vector<int> lengths_;
  std::vector<std::optional<std::string>> bytes_;
  mutable std::vector<const char*> values_;
};

} // namespace callboard::store
