#include "config/object_reader.hpp"
#include "config/parse.hpp"
#include "config/web_syntax.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace callboard::config {

namespace {

bool has_nul(std::string_view text) {
  return text.find('\0') != text.npos;
}

std::string folder_from(const std::string& base, const std::string& path) {
  if (base.empty())
    return path;
  return (std::filesystem::path{base} / path).lexically_normal().string();
}

// Names of environment variables that the program will see.
void check_environment(const cursor& at) {
  auto object = at.value().as<json_value::object>();
  if (object == nullptr)
    return;
  for (auto& member : *object) {
    auto& name = member.key;
    if (name.empty() || name.find('=') != name.npos || has_nul(name))
      at.child(member).report(
          "no environment variable can have this name; it must not be empty "
          "or hold '=' or NUL");
    else if (name.starts_with("CALLBOARD_"))
      at.child(member).report("variables that begin with CALLBOARD_ are set by "
                              "Callboard; choose another name");
  }
}

void take_command(const cursor& at, exec_settings& to) {
  auto words = at.texts(*objects::exec.find("command"));
  if (!words)
    return;
  to.command = *std::move(words);
  if (to.command.empty())
    return at.report("must name a program");
  auto program = at.child(0, at.value().as<json_value::list>()->front());
  if (to.command.front().empty())
    return program.report("must name a program");
  constexpr key_info plain_text{"", value_type::text, ""};
  to.written_program = program.text(plain_text)->written;
}

exec_settings parse_exec(const cursor& at) {
  exec_settings out;
  if (at.value().as<json_value::list>() != nullptr) {
    take_command(at, out);
    return out;
  }
  if (at.value().as<json_value::object>() == nullptr) {
    at.report_kind(*objects::type.find("exec"));
    return out;
  }
  object_reader from{at, objects::exec};
  if (auto command = from.require("command"))
    take_command(*command, out);
  if (auto folder = from.text("working_directory")) {
    out.working_directory = folder_from(at.all().base_directory, folder->value);
    out.written_directory = std::move(folder->written);
  }
  from.read("environment", out.environment);
  if (auto variables = from.find("environment"))
    check_environment(*variables);
  from.read("kill_after", out.kill_after);
  from.read("error_tail", out.error_tail);
  return out;
}

// Values are not shown: they may be secrets.
void check_headers(const cursor& at,
                   const std::map<std::string, std::string>& headers) {
  auto object = at.value().as<json_value::object>();
  if (object == nullptr)
    return;
  for (auto& member : *object) {
    auto place = at.child(member);
    if (!is_header_name(member.key))
      place.report("is no name of a header; allowed are letters, digits and "
                   "!#$%&'*+-.^_`|~");
    else if (is_own_header(member.key))
      place.report("this header is set by Callboard; leave it out");
    auto value = headers.find(member.key);
    if (value != headers.end() && !is_header_value(value->second))
      place.report("a header must stand on one line, without control "
                   "characters");
  }
}

http_settings parse_http(const cursor& at) {
  object_reader from{at, objects::http};
  http_settings out;
  if (auto url = from.required_text("url")) {
    out.url = std::move(url->value);
    out.written_url = std::move(url->written);
    if (!is_http_url(out.url))
      from.find("url")->report("must be http://HOST/... or https://HOST/..., "
                               "without blanks");
  }
  from.read("headers", out.headers);
  if (auto headers = from.find("headers"))
    check_headers(*headers, out.headers);
  if (auto file = from.text("ca_file")) {
    out.ca_file = std::move(file->value);
    out.written_ca_file = std::move(file->written);
  }
  if (!out.ca_file.empty() && out.url.starts_with("http://"))
    from.find("ca_file")->report("is for https only; leave it out, or use "
                                 "https in the url");
  return out;
}

plugin_settings parse_plugin(const cursor& at) {
  object_reader from{at, objects::plugin};
  plugin_settings out;
  if (auto path = from.required_text("path")) {
    out.path = std::move(path->value);
    out.written_path = std::move(path->written);
  }
  return out;
}

sleep_settings parse_sleep(const cursor& at) {
  object_reader from{at, objects::sleep};
  sleep_settings out;
  from.read("time", out.time);
  return out;
}

fail_settings parse_fail(const cursor& at) {
  object_reader from{at, objects::fail};
  fail_settings out;
  from.read("error", out.error);
  if (from.has("times"))
    from.read("times", out.times.emplace());
  return out;
}

} // namespace

handler_settings parse_handler(std::string_view name, const cursor& at) {
  if (name == "exec")
    return parse_exec(at);
  if (name == "http")
    return parse_http(at);
  if (name == "plugin")
    return parse_plugin(at);
  if (name == "sleep")
    return parse_sleep(at);
  if (name == "fail")
    return parse_fail(at);
  if (name == "echo") {
    object_reader{at, objects::echo};
    return echo_settings{};
  }
  object_reader{at, objects::noop};
  return noop_settings{};
}

} // namespace callboard::config
