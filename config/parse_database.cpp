#include "config/object_reader.hpp"
#include "config/parse.hpp"

#include <charconv>
#include <filesystem>
#include <string_view>
#include <utility>

namespace callboard::config {

namespace {

constexpr std::string_view sqlite = "sqlite:";

// "sqlite:jobs.db" from the folder of the file; others as they are.
std::string anchored(const std::string& url, const std::string& folder) {
  if (!url.starts_with(sqlite))
    return url;
  auto path = url.substr(sqlite.size());
  if (path == ":memory:" || path.starts_with('/') || folder.empty())
    return url;
  return std::string{sqlite}
         + (std::filesystem::path{folder} / path).lexically_normal().string();
}

bool is_port(std::string_view text) {
  int port = 0;
  auto end = text.data() + text.size();
  auto [stop, fault] = std::from_chars(text.data(), end, port);
  return fault == std::errc{} && stop == end && port >= 1 && port <= 65535;
}

// Of "user:password@host:5432,[::1]:5433/name": libpq looks at ports only when
// it connects.
bool has_good_ports(std::string_view url) {
  auto begin = url.find("://");
  if (begin == url.npos)
    return true;
  auto rest = url.substr(begin + 3);
  rest = rest.substr(0, rest.find_first_of("/?"));
  if (auto user = rest.rfind('@'); user != rest.npos)
    rest.remove_prefix(user + 1);
  for (auto more = true; more;) {
    auto end = rest.find(',');
    auto host = rest.substr(0, end);
    more = end != rest.npos;
    rest.remove_prefix(more ? end + 1 : rest.size());
    auto colon = host.find(':', host.starts_with('[') ? host.find(']') : 0);
    auto port = colon == host.npos ? "" : host.substr(colon + 1);
    if (!port.empty() && !is_port(port))
      return false;
  }
  return true;
}

// The URL is not shown: it may hold a password.
void take_url(const cursor& at, const text_setting& url, settings& to) {
  auto good = check_url(url.value);
  if (good && !url.value.starts_with(sqlite) && !has_good_ports(url.value))
    at.report("has a bad port; it must be a number from 1 to 65535");
  else if (good)
    to.database_url = anchored(url.value, at.all().base_directory);
  else if (url.has_variables)
    at.report("must be postgresql://..., sqlite:PATH or sqlite::memory:; the "
              "value of "
              + url.shown + " is not");
  else
    at.report(good.error().message);
}

} // namespace

void parse_database(const cursor& at, settings& to) {
  if (at.value().as<std::string>() != nullptr) {
    if (auto url = at.text(*objects::database.find("url")))
      take_url(at, *url, to);
    return;
  }
  if (at.value().as<json_value::object>() == nullptr)
    return at.report_kind(*objects::file.find("database"));
  object_reader from{at, objects::database};
  if (auto url = from.required_text("url"))
    take_url(*from.find("url"), *url, to);
  auto& options = to.database;
  from.read("schema", options.schema);
  from.read("auto_migrate", options.auto_migrate);
  from.read("connect_timeout", options.connect_timeout);
  from.read("statement_timeout", options.statement_timeout);
  from.read("durable", options.durable);
  from.read("arg_limit", options.arg_limit);
  if (!options.schema.empty() && to.database_url.starts_with(sqlite))
    from.find("schema")->report("is for PostgreSQL only; leave it out, or name "
                                "another file in the url");
}

} // namespace callboard::config
