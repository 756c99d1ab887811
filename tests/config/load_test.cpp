#include "config/load.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace callboard::config {

namespace {

namespace fs = std::filesystem;

// A folder of its own for each test, gone afterwards.
class folder {
public:
  folder() {
    auto name
        = (fs::temp_directory_path() / "callboard-config-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { fs::remove_all(path_); }

  const fs::path& path() const { return path_; }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{path_ / name} << text;
    return (path_ / name).string();
  }

private:
  fs::path path_;
};

std::vector<problem> problems_of(const std::string& path) {
  return std::get<std::vector<problem>>(load(path));
}

constexpr auto small = R"({"database": "sqlite:jobs.db"})";

} // namespace

TEST_CASE("a file is loaded, and its folder is the base of its paths") {
  folder here;
  auto loaded = load(here.write("a.json", small));
  auto& all = std::get<settings>(loaded);
  CHECK(all.base_directory == here.path());
  CHECK(all.database_url == "sqlite:" + (here.path() / "jobs.db").string());
}

TEST_CASE("a relative path to the file gives an absolute folder") {
  folder here;
  auto path = here.write("a.json", small);
  auto relative = fs::relative(path).string();
  auto loaded = load(relative);
  CHECK(fs::equivalent(std::get<settings>(loaded).base_directory, here.path()));
  CHECK(fs::path{std::get<settings>(loaded).base_directory}.is_absolute());
}

TEST_CASE("a file that can't be read is a problem") {
  folder here;
  CHECK(problems_of((here.path() / "none.json").string())
        == std::vector<problem>{
            {"", "can't read the file: No such file or directory"}});
  CHECK(problems_of(here.path().string())
        == std::vector<problem>{{"", "can't read the file: it is a directory; "
                                     "name a file in it"}});
  CHECK(problems_of("")
        == std::vector<problem>{
            {"", "can't read the file: No such file or directory"}});
}

TEST_CASE("a file without rights to it is a problem") {
  folder here;
  auto path = here.write("a.json", small);
  REQUIRE(chmod(path.c_str(), 0) == 0);
  // The administrator may read everything.
  if (geteuid() == 0)
    CHECK(std::holds_alternative<settings>(load(path)));
  else
    CHECK(problems_of(path)
          == std::vector<problem>{
              {"", "can't read the file: Permission denied"}});
}

TEST_CASE("a file without end is a problem") {
  CHECK(problems_of("/dev/zero")
        == std::vector<problem>{
            {"", "can't read the file: it has more than 16 MiB"}});
}

TEST_CASE("a problem is told with file and place") {
  CHECK(to_string(problem{"/queues/0", "is odd"}, "a.json")
        == "a.json: /queues/0: is odd");
  CHECK(to_string(problem{"", "is odd"}, "a.json") == "a.json: is odd");
}

TEST_CASE("the variables of the process are put in") {
  folder here;
  auto path = here.write("a.json", R"({"database": "sqlite:${CB_TEST_DB}"})");
  REQUIRE(setenv("CB_TEST_DB", "/x.db", 1) == 0);
  auto loaded = load(path);
  REQUIRE(unsetenv("CB_TEST_DB") == 0);
  CHECK(std::get<settings>(loaded).database_url == "sqlite:/x.db");
  CHECK(problems_of(path).at(0).pointer == "/database");
}

} // namespace callboard::config
