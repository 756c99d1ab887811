#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace callboard::config {

/// What a key of the file takes.
enum class value_type : std::uint8_t {
  text,
  boolean,
  integer,
  number,
  /// A text with units; in microseconds here.
  time_span,
  /// A text with a unit, or a number of bytes.
  size,
  /// One of `key_info::choices`.
  choice,
  text_list,
  text_map,
  object,
  object_list,
  text_or_object,
  text_list_or_object,
  /// A later version will take it; today it is refused.
  not_offered_yet,
};

/// One key of an object of the file. The parser reads by these, and a test
/// holds the documentation against them.
struct key_info {
  std::string_view name;
  value_type type = value_type::text;
  /// What holds when the key is left out: JSON, or a phrase such as
  /// "required".
  std::string_view fallback;
  /// Bounds of a value, both allowed; of a text, of its length in bytes. No
  /// upper bound: 0.
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::span<const std::string_view> choices{};

  /// Whether `fallback` is a value and not a phrase.
  bool has_default() const {
    return fallback == "true" || fallback == "false"
           || fallback.find_first_of("\"[{0123456789") == 0;
  }
};

/// All keys of one kind of object.
struct object_info {
  std::string_view name;
  std::span<const key_info> keys;

  const key_info* find(std::string_view key) const;
};

namespace objects {
extern const object_info file;
extern const object_info database;
extern const object_info listener;
extern const object_info node;
extern const object_info tls;
extern const object_info allow;
extern const object_info log;
extern const object_info queue;
extern const object_info isolation;
extern const object_info performers;
extern const object_info type;
extern const object_info retry;
extern const object_info exec;
extern const object_info http;
extern const object_info plugin;
extern const object_info noop;
extern const object_info sleep;
extern const object_info echo;
extern const object_info fail;
} // namespace objects

/// All of `objects`, in the order of the documentation.
std::span<const object_info* const> all_objects();

/// "an integer from 1 to 10000": what a value must be, for a message.
std::string expectation(const key_info& key);

/// "integer, 1 to 10000": the same for the documentation.
std::string type_text(const key_info& key);

/// A bound of a key in the notation of its values: "1ms", "16MiB", "3".
std::string bound_text(const key_info& key, std::int64_t bound);

} // namespace callboard::config
