#include "store/postgres/parameters.hpp"

#include <utility>

namespace callboard::store {

namespace {

// Object ids of the types, which never change.
constexpr unsigned bytea_type = 17;
constexpr unsigned int8_type = 20;
constexpr unsigned text_type = 25;
constexpr unsigned bytea_array_type = 1001;
constexpr unsigned text_array_type = 1009;
constexpr unsigned int8_array_type = 1016;

template <class Integer>
void put(std::string& out, Integer value) {
  for (int shift = (sizeof(Integer) - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift));
}

// The head of a one-dimensional array.
std::string array_of(unsigned element, std::size_t size, bool nulls) {
  std::string out;
  put<std::int32_t>(out, size == 0 ? 0 : 1);
  put<std::int32_t>(out, nulls ? 1 : 0);
  put<std::int32_t>(out, static_cast<std::int32_t>(element));
  if (size == 0)
    return out;
  put<std::int32_t>(out, static_cast<std::int32_t>(size));
  put<std::int32_t>(out, 1);
  return out;
}

void put_bytes(std::string& out, std::string_view bytes) {
  put<std::int32_t>(out, static_cast<std::int32_t>(bytes.size()));
  out.append(bytes);
}

void put_null(std::string& out) {
  put<std::int32_t>(out, -1);
}

void put_element(std::string& out, std::int64_t value) {
  put<std::int32_t>(out, 8);
  put<std::int64_t>(out, value);
}

} // namespace

parameters& parameters::add(std::int64_t value) {
  return add(std::optional{value});
}

parameters& parameters::add(std::optional<std::int64_t> value) {
  if (!value)
    return append(int8_type, std::nullopt);
  std::string out;
  put<std::int64_t>(out, *value);
  return append(int8_type, std::move(out));
}

parameters& parameters::add(std::string_view text) {
  return append(text_type, std::string{text});
}

parameters& parameters::add(const std::optional<std::string>& text) {
  return append(text_type, text);
}

parameters& parameters::add(const std::vector<std::int64_t>& values) {
  auto out = array_of(int8_type, values.size(), false);
  out.reserve(out.size() + values.size() * 12);
  for (auto value : values)
    put_element(out, value);
  return append(int8_array_type, std::move(out));
}

parameters&
parameters::add(const std::vector<std::optional<std::int64_t>>& values) {
  auto out = array_of(int8_type, values.size(), true);
  for (const auto& value : values)
    if (value)
      put_element(out, *value);
    else
      put_null(out);
  return append(int8_array_type, std::move(out));
}

parameters& parameters::add(const std::vector<std::string_view>& texts) {
  auto out = array_of(text_type, texts.size(), false);
  std::size_t size = out.size();
  for (auto text : texts)
    size += 4 + text.size();
  out.reserve(size);
  for (auto text : texts)
    put_bytes(out, text);
  return append(text_array_type, std::move(out));
}

parameters& parameters::add_bytes(std::string_view value) {
  return append(bytea_type, std::string{value});
}

parameters&
parameters::add_bytes(const std::vector<const std::string*>& values) {
  auto out = array_of(bytea_type, values.size(), true);
  std::size_t size = out.size();
  for (const auto* value : values)
    size += 4 + (value ? value->size() : 0);
  out.reserve(size);
  for (const auto* value : values)
    if (value)
      put_bytes(out, *value);
    else
      put_null(out);
  return append(bytea_array_type, std::move(out));
}

parameters& parameters::append(unsigned type,
                               std::optional<std::string> bytes) {
  types_.push_back(type);
  formats_.push_back(1);
  lengths_.push_back(bytes ? static_cast<int>(bytes->size()) : 0);
  bytes_.push_back(std::move(bytes));
  return *this;
}

const char* const* parameters::values() const {
  values_.clear();
  for (const auto& one : bytes_)
    values_.push_back(one ? one->data() : nullptr);
  return values_.data();
}

} // namespace callboard::store
