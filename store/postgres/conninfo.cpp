#include "store/postgres/conninfo.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>

namespace callboard::store {

namespace {

using settings = std::map<std::string, std::string>;

// As part of a URL.
std::string encoded(const std::string& value) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain
      = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  std::string text;
  for (char c : value) {
    if (plain.find(c) != plain.npos) {
      text.push_back(c);
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    text.push_back('%');
    text.push_back(digits[byte >> 4]);
    text.push_back(digits[byte & 15]);
  }
  return text;
}

error refuse(const char* reason) {
  return {errc::invalid_config,
          std::string{"the database URL with postgresql: can't be read"}
              + reason
              + ": use postgresql://user@host:5432/name, or postgresql: before"
                " key=value pairs; encode special characters with %"};
}

// An empty map when libpq can't read it. libpq's own message may quote the
// password, so that it is not shown.
settings read(const std::string& text) {
  char* message = nullptr;
  std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
      PQconninfoParse(text.c_str(), &message), &PQconninfoFree};
  PQfreemem(message);
  settings found;
  for (auto* one = options.get(); one && one->keyword; ++one)
    if (one->val)
      found[one->keyword] = one->val;
  return found;
}

std::string shown(const settings& what) {
  auto get = [&](const char* key) {
    auto it = what.find(key);
    return it == what.end() ? std::string{} : it->second;
  };
  std::string name{"postgresql://"};
  if (auto user = get("user"); !user.empty())
    name += user + "@";
  auto host = get("host");
  name += host.empty() ? get("hostaddr") : host;
  if (auto port = get("port"); !port.empty())
    name += ":" + port;
  return name + "/" + get("dbname");
}

} // namespace

result<conninfo> conninfo::parse(std::string_view url,
                                 duration connect_timeout) {
  constexpr std::string_view scheme = "postgresql:";
  if (url.find('\0') != url.npos)
    return refuse(" (it holds a NUL)");
  auto text = std::string{url};
  if (url.starts_with(scheme) && !url.starts_with("postgresql://"))
    text = url.substr(scheme.size());
  auto found = read(text);
  if (found.empty() && text.find_first_not_of(" /") != text.npos
      && text != "postgresql://" && text != "postgres://")
    return refuse("");
  conninfo info;
  info.name = shown(found);
  auto add = [&](const char* key, const char* value) {
    found.try_emplace(key, value);
  };
  add("application_name", "callboard");
  add("client_encoding", "UTF8");
  add("keepalives", "1");
  add("keepalives_idle", "10");
  add("keepalives_interval", "5");
  add("keepalives_count", "3");
  // What was sent and not even received within this breaks the connection.
  add("tcp_user_timeout", "10000");
  if (connect_timeout > duration{0}) {
    // libpq waits for whole seconds, and at least for two.
    auto seconds = std::chrono::ceil<std::chrono::seconds>(connect_timeout);
    add("connect_timeout", std::to_string(seconds.count()).c_str());
  }
  if (auto given = found.find("connect_timeout"); given != found.end()) {
    int seconds = 0;
    const auto& digits = given->second;
    std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    // To libpq, 0 and less mean no limit.
    if (seconds > 0)
      info.connect_timeout = std::chrono::seconds{seconds};
  }
  // SOCI 4.0 takes the text apart at spaces and puts '=' behind what has none,
  // which spoils plain URLs and quoted values; this form it leaves alone.
  info.text = "postgresql://";
  for (const auto& [key, value] : found)
    info.text.append(info.text.back() == '/' ? "?" : "&")
        .append(key + "=" + encoded(value));
  return info;
}

std::string conninfo::text_within(duration most) const {
  if (most == duration::max())
    return text;
  // libpq waits for whole seconds, and at least for two.
  auto seconds = std::max(std::chrono::floor<std::chrono::seconds>(most),
                          std::chrono::seconds{2});
  if (connect_timeout && *connect_timeout <= seconds)
    return text;
  // The last one counts.
  return text + "&connect_timeout=" + std::to_string(seconds.count());
}

} // namespace callboard::store
