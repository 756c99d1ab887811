#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace callboard {

namespace {

std::string url_of(const std::string& url) {
  auto text = R"({"database": ")" + url + R"("})";
  auto object = R"({"database": {"url": ")" + url + R"("}})";
  auto plain = tests::settings_of(text).database_url;
  CHECK(tests::settings_of(object).database_url == plain);
  return plain;
}

} // namespace

TEST_CASE("a relative SQLite path counts from the folder of the file") {
  CHECK(url_of("sqlite:jobs.db") == "sqlite:/base/jobs.db");
  CHECK(url_of("sqlite:./data/jobs.db") == "sqlite:/base/data/jobs.db");
  CHECK(url_of("sqlite:../jobs.db") == "sqlite:/jobs.db");
}

TEST_CASE("other URLs stay as they are") {
  CHECK(url_of("sqlite:/var/lib/jobs.db") == "sqlite:/var/lib/jobs.db");
  CHECK(url_of("sqlite::memory:") == "sqlite::memory:");
  CHECK(url_of("postgresql://u:p@h:5432/db?sslmode=disable")
        == "postgresql://u:p@h:5432/db?sslmode=disable");
}

TEST_CASE("a port that no server can have is found without a connect") {
  for (std::string host : {"h:99999", "h:1x", "u:p@[::1]:0", "h:5432,i:-1"})
    CHECK(
        tests::problems_of(R"({"database": "postgresql://)" + host + R"(/db"})")
        == std::vector<std::string>{
            "/database: has a bad port; it must be a number from 1 to "
            "65535"});
  for (std::string host : {"h", "h:", "u:9x@h:5432", "[::1]:1,i:65535", ""})
    CHECK_FALSE(url_of("postgresql://" + host + "/db").empty());
}

TEST_CASE("without a folder a relative path stays relative") {
  auto done = config::parse(R"({"database": "sqlite:jobs.db"})", "",
                            config::process_environment());
  CHECK(std::get<config::settings>(done).database_url == "sqlite:jobs.db");
}

TEST_CASE("what is no database URL is told so at its place") {
  auto wrong = GENERATE(as<std::string>{}, "jobs.db", "mysql://localhost/db",
                        "sqlite:", "http://localhost/");
  auto done = tests::parsed(R"({"database": ")" + wrong + R"("})");
  auto& problems = std::get<std::vector<config::problem>>(done);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].pointer == "/database");
  CHECK(problems[0].message == check_url(wrong).error().message);
  done = tests::parsed(R"({"database": {"url": ")" + wrong + R"("}})");
  CHECK(std::get<std::vector<config::problem>>(done).at(0).pointer
        == "/database/url");
}

TEST_CASE("bounds of the file are within those of the database") {
  for (auto& key : config::objects::database.keys) {
    if (key.high == 0 || key.type == config::value_type::text)
      continue;
    for (auto bound : {key.low, key.high}) {
      auto& where = tests::place_of(config::objects::database);
      auto text = where.with(std::string{key.name},
                             "\"" + bound_text(key, bound) + "\"");
      CAPTURE(text);
      CHECK(tests::settings_of(text).database.validate().has_value());
    }
  }
}

} // namespace callboard
