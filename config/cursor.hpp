#pragma once

#include "config/json_value.hpp"
#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/problem_list.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::config {

/// What all readers of one file share.
struct reading {
  const environment& variables;
  const std::string& base_directory;
  problem_list problems;
};

/// A string of the file with its variables put in.
struct text_setting {
  std::string value;
  /// In quotes, as it stands in the file: without the values of variables,
  /// which may be secrets. What messages show.
  std::string shown;
  bool has_variables = false;
  /// What messages show later, while work goes on: the text as it stands in the
  /// file if variables were put in; else empty, and the value may be shown.
  std::string written{};
};

/// One value of the file and its place. The functions that read it report
/// what is wrong and then answer nothing.
class cursor {
public:
  cursor(reading& all, const json_value& value, std::string pointer)
      : all_{&all}, value_{&value}, pointer_{std::move(pointer)} {}

  const json_value& value() const noexcept { return *value_; }

  reading& all() const noexcept { return *all_; }

  /// The place of a member or element, of this value or of none yet.
  std::string pointer_to(std::string_view key) const;

  /// The first member with this key, of an object.
  std::optional<cursor> member(std::string_view key) const;

  cursor child(const json_member& member) const;
  cursor child(std::size_t index, const json_value& element) const;

  void report(std::string message) const;

  /// About a key that this object should or should not have.
  void report_key(std::string_view key, std::string message) const;

  /// "must be a string, not a number".
  void report_kind(const key_info& key) const;

  std::optional<text_setting> text(const key_info& key) const;
  std::optional<bool> boolean(const key_info& key) const;
  std::optional<double> number(const key_info& key) const;
  /// An integer, the microseconds of a time span, the bytes of a size, or the
  /// index of a choice.
  std::optional<std::int64_t> integer(const key_info& key) const;
  std::optional<std::vector<std::string>> texts(const key_info& key) const;
  std::optional<std::map<std::string, std::string>>
  text_map(const key_info& key) const;

private:
  std::optional<std::int64_t> whole_number(const key_info& key) const;
  std::optional<std::int64_t> measured(const key_info& key) const;
  std::optional<std::int64_t> chosen(const key_info& key) const;
  bool within(const key_info& key, double value,
              const std::string& shown) const;

  reading* all_;
  const json_value* value_;
  std::string pointer_;
};

} // namespace callboard::config
