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

// Takes a parameter of ours out of a URL: libpq refuses what it doesn't know.
std::optional<std::string> take(std::string& url, std::string_view key) {
  auto scheme = url.find("://");
  auto at = scheme == url.npos ? url.npos : url.find('?', scheme);
  while (at != url.npos) {
    auto end = std::min(url.find('&', at + 1), url.size());
    auto part = std::string_view{url}.substr(at + 1, end - at - 1);
    if (part.starts_with(key) && part.substr(key.size()).starts_with('=')) {
      std::string value{part.substr(key.size() + 1)};
      // The mark before the first parameter stays.
      if (end < url.size())
        url.erase(at + 1, end - at);
      else
        url.erase(at);
      return value;
    }
    at = end < url.size() ? end : url.npos;
  }
  return std::nullopt;
}

result<pooling> pooling_of(const std::optional<std::string>& given) {
  if (!given)
    return pooling::none;
  if (*given == "session")
    return pooling::session;
  if (*given == "transaction")
    return pooling::transaction;
  return error{errc::invalid_config,
               "pooler in the database URL must be session or transaction, the"
               " pooler's mode"};
}

// Puts host:port there; false when it is none.
bool go_to(const std::string& place, settings& what) {
  auto colon = place.rfind(':');
  // The colons of [::1] are the address's own.
  if (colon != place.npos && place.find(']', colon) != place.npos)
    colon = place.npos;
  auto host = place.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  auto port = colon == place.npos ? "5432" : place.substr(colon + 1);
  int number = 0;
  auto read = std::from_chars(port.data(), port.data() + port.size(), number);
  if (host.empty() || read.ec != std::errc{}
      || read.ptr != port.data() + port.size() || number < 1 || number > 65535)
    return false;
  what.erase("hostaddr");
  what["host"] = host;
  what["port"] = port;
  return true;
}

// SOCI 4.0 takes a text apart at spaces and puts '=' behind what has none,
// which spoils plain URLs and quoted values; this form it leaves alone.
std::string text_of(const settings& what) {
  std::string text{"postgresql://"};
  for (const auto& [key, value] : what)
    text.append(text.back() == '/' ? "?" : "&")
        .append(key + "=" + encoded(value));
  return text;
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
  auto direct = take(text, "direct");
  auto pooler = pooling_of(take(text, "pooler"));
  if (!pooler)
    return pooler.error();
  auto found = read(text);
  if (found.empty() && text.find_first_not_of(" /") != text.npos
      && text != "postgresql://" && text != "postgres://")
    return refuse("");
  conninfo info;
  info.name = shown(found);
  info.pooler = pooler.value();
  if (direct && info.pooler != pooling::transaction)
    return error{errc::invalid_config,
                 "direct in the database URL goes with pooler=transaction"};
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
  info.text = text_of(found);
  if (direct) {
    if (!go_to(*direct, found))
      return error{errc::invalid_config,
                   "direct in the database URL must be HOST:PORT, the server"
                   " behind the pooler"};
    info.direct_text_ = text_of(found);
    info.direct_name_ = shown(found);
  }
  return info;
}

std::optional<conninfo> conninfo::past_pooler() const {
  if (direct_text_.empty())
    return std::nullopt;
  conninfo there;
  there.text = direct_text_;
  there.name = direct_name_;
  there.connect_timeout = connect_timeout;
  return there;
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
