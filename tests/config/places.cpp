#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

namespace callboard::tests {

namespace {

namespace objects = config::objects;

constexpr auto base = R"({"database": "sqlite:jobs.db", )";
constexpr auto queue = R"("queues": [{"name": "mail", "types": {"welcome": )";

place handler(const config::object_info& info, const std::string& name,
              std::map<std::string, std::string> required = {}) {
  return {&info, "/queues/0/types/welcome/" + name,
          std::string{base} + queue + "{\"" + name + "\": ", "}}}]}",
          std::move(required)};
}

place section(const config::object_info& info, const std::string& name,
              std::map<std::string, std::string> required = {}) {
  return {&info, "/" + name, std::string{base} + "\"" + name + "\": ", "}",
          std::move(required)};
}

} // namespace

config::load_result parsed(const std::string& text, const variables& known) {
  return config::parse(
      text, "/base",
      [&](const std::string& name) -> std::optional<std::string> {
        auto found = known.find(name);
        return found == known.end() ? std::nullopt
                                    : std::optional{found->second};
      });
}

config::settings settings_of(const std::string& text, const variables& known) {
  auto done = parsed(text, known);
  if (auto problems = std::get_if<std::vector<config::problem>>(&done))
    FAIL(to_string(problems->front(), text));
  return std::get<config::settings>(done);
}

std::vector<std::string> problems_of(const std::string& text,
                                     const variables& known) {
  auto done = parsed(text, known);
  auto problems = std::get_if<std::vector<config::problem>>(&done);
  if (problems == nullptr)
    FAIL("no problem in " + text);
  std::vector<std::string> out;
  for (auto& each : *problems)
    out.push_back(each.pointer + ": " + each.message);
  return out;
}

std::string place::with(const std::string& key,
                        const std::string& value) const {
  auto members = required;
  // A type has one handler.
  auto known = info->find(key);
  if (info == &objects::type && known != nullptr
      && known->fallback == "one of the handlers")
    members.clear();
  members[key] = value;
  std::string text;
  for (auto& [name, content] : members)
    text += (text.empty() ? "\"" : ", \"") + name + "\": " + content;
  return before + "{" + text + "}" + after;
}

std::string place::without(const std::string& key) const {
  std::string text;
  for (auto& [name, content] : required)
    if (name != key)
      text += (text.empty() ? "\"" : ", \"") + name + "\": " + content;
  return before + "{" + text + "}" + after;
}

const std::vector<place>& places() {
  static const std::vector<place> all{
      {&objects::file, "", "", "", {{"database", R"("sqlite:jobs.db")"}}},
      {&objects::database,
       "/database",
       R"({"database": )",
       "}",
       {{"url", R"("postgresql:///jobs")"}}},
      {&objects::queue,
       "/queues/0",
       std::string{base} + R"("queues": [)",
       "]}",
       {{"name", R"("mail")"}, {"types", R"({"welcome": {"noop": {}}})"}}},
      {&objects::isolation, "/queues/0/isolation",
       std::string{base}
           + R"("queues": [{"name": "mail", "types": {"welcome": {"noop": {}}}, )"
             R"("isolation": )",
       "}]}"},
      {&objects::performers, "/queues/0/performers",
       std::string{base} + R"("node": {"listen": "127.0.0.1:0"}, )"
           + R"("queues": [{"name": "gpu", "performers": )",
       "}]}"},
      {&objects::type,
       "/queues/0/types/welcome",
       std::string{base} + queue,
       "}}]}",
       {{"noop", "{}"}}},
      {&objects::retry, "/queues/0/types/welcome/retry",
       std::string{base} + queue + R"({"noop": {}, "retry": )", "}}}]}"},
      handler(objects::exec, "exec", {{"command", R"(["true"])"}}),
      handler(objects::http, "http", {{"url", R"("https://localhost/")"}}),
      handler(objects::plugin, "plugin", {{"path", R"("a.so")"}}),
      handler(objects::noop, "noop"),
      handler(objects::sleep, "sleep"),
      handler(objects::echo, "echo"),
      handler(objects::fail, "fail"),
      section(objects::listener, "http", {{"listen", R"("127.0.0.1:1")"}}),
      section(objects::node, "node"),
      {&objects::tls,
       "/node/tls",
       std::string{base} + "\"node\": {\"tls\": ",
       "}}",
       {{"certificate", R"("a.pem")"},
        {"key", R"("a.key")"},
        {"ca", R"("ca.pem")"}}},
      {&objects::allow,
       "/node/allow/0",
       std::string{base} + "\"node\": {\"allow\": [",
       "]}}",
       {{"name", R"("*")"}, {"may", R"(["all"])"}}},
      section(objects::log, "log"),
  };
  return all;
}

const place& place_of(const config::object_info& info) {
  for (auto& each : places())
    if (each.info == &info)
      return each;
  throw std::invalid_argument{std::string{info.name}};
}

} // namespace callboard::tests
