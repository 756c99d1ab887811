#include "tests/e2e/scene.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>
#include <soci/soci.h>

#include <filesystem>
#include <fstream>

using namespace callboard::test;
using Catch::Contains;

namespace {

std::unique_ptr<backend> sqlite() {
  return backend::make(backend_kind::sqlite_file);
}

const std::vector<std::vector<std::string>> all_commands{
    {"run", "--once"}, {"enqueue", "-q", "mail", "-t", "welcome"},
    {"migrate"},       {"jobs"},
    {"job", "x"},      {"cancel", "x"},
    {"dead", "list"},  {"dead", "retry", "--all"},
    {"status"}};

} // namespace

TEST_CASE("a server that is not there is exit code 4 for every command") {
  scene here{sqlite()};
  here.configure_database("\"postgresql://someone:secret@127.0.0.1:1/shop\"");
  for (const auto& command : all_commands) {
    auto done = here.callboard(command);
    INFO(command[0] << ": " << done.err);
    CHECK(done.code == 4);
    CHECK(done.out.empty());
    CHECK_THAT(done.err, Contains("callboard: ") && Contains("127.0.0.1:1"));
    CHECK_THAT(done.err, !Contains("secret"));
  }
}

TEST_CASE("a folder that is not there is named") {
  scene here{sqlite()};
  here.configure_database("\"sqlite:none/callboard.db\"");
  for (const auto& command : all_commands) {
    auto done = here.callboard(command);
    INFO(command[0] << ": " << done.err);
    CHECK(done.code == 4);
    CHECK_THAT(done.err, Contains("none/callboard.db"));
  }
}

TEST_CASE("commands that look don't create a database") {
  scene here{sqlite()};
  here.configure_database("\"sqlite:new.db\"");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"jobs"},
        {"status"},
        {"dead", "list"},
        {"migrate", "--status"}}) {
    auto done = here.callboard(command);
    CHECK(done.code == 4);
    CHECK_THAT(done.err, Contains("callboard migrate"));
    CHECK_FALSE(std::filesystem::exists(here.path("new.db")));
  }
}

TEST_CASE("tables that are missing are made by migrate") {
  scene here;
  if (here.db().kind() == backend_kind::sqlite_file)
    std::ofstream{here.db().url().substr(std::string{"sqlite:"}.size())};
  for (const auto& command :
       {std::vector<std::string>{"jobs"}, {"migrate", "--status"}}) {
    auto before = here.callboard(command);
    INFO(before.err);
    CHECK(before.code == 1);
    CHECK_THAT(before.err, Contains("callboard migrate -c callboard.json"));
  }
  CHECK_THAT(here.ok({"migrate"}), Contains("STEP"));
  here.ok({"migrate"});
  here.ok({"migrate", "--status"});
  here.ok({"jobs"});
}

TEST_CASE("tables of a newer program serve when they need no more") {
  scene here;
  here.ok({"migrate"});
  *here.db().session() << "insert into callboard_migration (version, name,"
                          " applied_at, needs) values (99, 'later', 0, 3)";
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "a1"});
  here.ok({"run", "--once"});
  CHECK(here.waiting() == 0);
  auto again = here.callboard({"migrate"});
  CHECK(again.code == 0);
  CHECK_THAT(again.err, Contains("the tables have version 99, this program"
                                 " knows")
                            && Contains("and can work with them"));
  auto all = boost::json::parse(here.ok({"migrate", "--status", "--json"}));
  CHECK(all.at("version").as_int64() == 99);
  CHECK(all.at("needs").as_int64() == 3);
  CHECK(all.at("usable").as_bool());
  const auto& last = all.at("steps").as_array().back();
  CHECK(last.at("name").as_string() == "later");
  CHECK(last.at("version").as_int64() == 99);
}

TEST_CASE("tables that need a newer program are left alone") {
  scene here;
  here.ok({"migrate"});
  *here.db().session() << "insert into callboard_migration (version, name,"
                          " applied_at, needs) values (99, 'later', 0, 99)";
  auto looked = here.callboard({"migrate", "--status", "--json"});
  CHECK(looked.code == 1);
  CHECK_FALSE(boost::json::parse(looked.out).at("usable").as_bool());
  for (const auto& command : all_commands) {
    auto done = here.callboard(command);
    INFO(command[0] << ": " << done.err);
    CHECK(done.code == 1);
    CHECK_THAT(done.err, Contains("99"));
  }
}

TEST_CASE("an SQLite file that may only be read is named") {
  scene here{sqlite()};
  here.ok({"migrate"});
  auto file = here.db().url().substr(std::string{"sqlite:"}.size());
  std::filesystem::permissions(file, std::filesystem::perms{0444});
  std::filesystem::permissions(here.folder(), std::filesystem::perms{0755});
  here.options().user = 65534;
  auto done = here.callboard({"enqueue", "-q", "mail", "-t", "welcome"});
  INFO(done.err);
  CHECK(done.code == 1);
  CHECK_THAT(done.err, Contains(file));
}

TEST_CASE("a role without rights is named with the database") {
  scene here{backend::make(backend_kind::postgres)};
  here.ok({"migrate"});
  auto schema = here.db().options().schema;
  auto role = "role_of_" + schema;
  auto sql = here.db().session();
  *sql << "create role " + role + " login";
  auto url = here.db().url();
  url.replace(url.find("callboard@"), 10, role + "@");
  here.configure_database("{\"url\": \"" + url + "\", \"schema\": \"" + schema
                          + "\"}");
  auto done = here.callboard({"enqueue", "-q", "mail", "-t", "welcome"});
  *sql << "drop role " + role;
  INFO(done.err);
  CHECK(done.code == 1);
  CHECK_THAT(done.err, Contains(role) || Contains("permission"));
}
