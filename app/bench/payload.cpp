#include "app/bench/payload.hpp"

#include <algorithm>
#include <charconv>
#include <random>

namespace callboard::app::bench {

namespace {

constexpr std::string_view head = R"({"job":)";
constexpr std::string_view middle = R"(,"rest":")";
constexpr std::string_view tail = R"("})";

} // namespace

payload::payload(std::size_t size) : size_{std::max(size, least)} {
  constexpr std::string_view alphabet
      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::mt19937_64 random{size_};
  letters_.reserve(size_);
  while (letters_.size() < size_)
    letters_.push_back(alphabet[random() % alphabet.size()]);
}

std::string payload::arg_of(std::uint64_t number) const {
  std::string arg;
  arg.reserve(size_);
  arg += head;
  arg += std::to_string(number);
  arg += middle;
  auto rest = size_ - std::min(size_, arg.size() + tail.size());
  arg.append(letters_, 0, rest);
  arg += tail;
  return arg;
}

std::optional<std::uint64_t> payload::number_of(std::string_view arg) {
  if (!arg.starts_with(head))
    return std::nullopt;
  arg.remove_prefix(head.size());
  std::uint64_t number = 0;
  auto [end, fault]
      = std::from_chars(arg.data(), arg.data() + arg.size(), number);
  auto used = static_cast<std::size_t>(end - arg.data());
  if (fault != std::errc{} || !arg.substr(used).starts_with(middle))
    return std::nullopt;
  return number;
}

} // namespace callboard::app::bench
