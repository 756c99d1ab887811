#pragma once

#include "config/cursor.hpp"
#include "store/model/time.hpp"

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace callboard::config {

/// Reads the members of one object by its table of keys. Reports unknown keys
/// at once. What is left out in the file is left alone in the settings.
class object_reader {
public:
  /// A value that is no object is reported and read as an empty one.
  object_reader(cursor at, const object_info& info);

  const cursor& at() const noexcept { return at_; }

  bool has(std::string_view key) const { return find(key).has_value(); }

  /// A member, whatever it is.
  std::optional<cursor> find(std::string_view key) const;

  /// The same; a missing one is reported.
  std::optional<cursor> require(std::string_view key) const;

  /// The string, if it is there and fine.
  std::optional<text_setting> text(std::string_view key) const;
  std::optional<text_setting> required_text(std::string_view key) const;

  /// Each takes a member over into `to` if it is there and fine.
  void read(std::string_view key, std::string& to) const;
  void read(std::string_view key, bool& to) const;
  void read(std::string_view key, double& to) const;
  void read(std::string_view key, duration& to) const;
  void read(std::string_view key, std::vector<std::string>& to) const;
  void read(std::string_view key, std::map<std::string, std::string>& to) const;

  template <class T>
  requires(std::integral<T> || std::is_enum_v<T>) void read(
      std::string_view key, T& to) const {
    if (auto value = integer(key))
      to = static_cast<T>(*value);
  }

private:
  void report_unknown_keys(const json_value::object& members) const;
  const key_info& key(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view key) const;

  cursor at_;
  const object_info* info_;
};

} // namespace callboard::config
