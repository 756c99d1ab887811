#include "config/json_parser.hpp"

#include "config/syntax_fault.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <utility>

namespace callboard::config {

namespace {

namespace json = boost::json;

// Builds a `json_value` from the events of the parser. Boost.JSON's own tree
// silently keeps the last of two members with the same key.
class tree_builder {
public:
  static constexpr std::size_t max_object_size = 100'000;
  static constexpr std::size_t max_array_size = 100'000;
  static constexpr std::size_t max_key_size = 1 << 20;
  static constexpr std::size_t max_string_size = 1 << 24;

  json_value take() { return std::move(root_); }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code&) { return open(json_value::object{}); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_array_begin(json::error_code&) { return open(json_value::list{}); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    key_ = std::exchange(text_, {});
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    add(std::exchange(text_, {}));
    return true;
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t value, json::string_view, json::error_code&) {
    return add(value);
  }
  bool on_uint64(std::uint64_t value, json::string_view, json::error_code&) {
    return add(static_cast<double>(value));
  }
  bool on_double(double value, json::string_view, json::error_code&) {
    return add(value);
  }
  bool on_bool(bool value, json::error_code&) { return add(value); }
  bool on_null(json::error_code&) { return add(nullptr); }

  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

private:
  template <class T>
  bool add(T value) {
    place({std::move(value), count_++});
    return true;
  }

  template <class T>
  bool open(T value) {
    open_.push_back(&place({std::move(value), count_++}));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  // An open value does not move: its parent grows only after it was closed.
  json_value& place(json_value value) {
    if (open_.empty())
      return root_ = std::move(value);
    if (auto object = std::get_if<json_value::object>(&open_.back()->data)) {
      object->push_back({std::exchange(key_, {}), std::move(value)});
      return object->back().value;
    }
    auto& list = std::get<json_value::list>(open_.back()->data);
    return list.emplace_back(std::move(value));
  }

  json_value root_;
  std::vector<json_value*> open_;
  std::string key_;
  std::string text_;
  std::size_t count_ = 0;
};

} // namespace

std::variant<json_value, syntax_fault> parse_json(std::string_view text) {
  if (auto fault = text_fault(text))
    return *std::move(fault);
  json::basic_parser<tree_builder> parser{json::parse_options{}};
  json::error_code code;
  auto used = parser.write_some(false, text.data(), text.size(), code);
  // The parser stops at the end of the document, whatever follows.
  if (!code && used < text.size())
    code = json::error::extra_data;
  if (code)
    return json_fault(text, used, code == json::error::too_deep);
  return parser.handler().take();
}

} // namespace callboard::config
