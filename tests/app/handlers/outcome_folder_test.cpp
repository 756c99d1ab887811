#include "app/handlers/outcome_folder.hpp"
#include "tests/app/handlers/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <iterator>

using namespace callboard::app;
namespace fs = std::filesystem;

namespace {

auto entries(const std::string& path) {
  return std::distance(fs::directory_iterator{path}, {});
}

} // namespace

TEST_CASE("an outcome folder is private and goes with its owner") {
  scratch_folder parent;
  {
    outcome_folder own{parent.path()};
    struct stat info {};
    REQUIRE(::stat(own.path().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);
    fs::copy("/etc/passwd", own.path() + "/left");
  }
  CHECK(entries(parent.path()) == 0);
}

TEST_CASE("what a killed process left behind is removed by the next") {
  scratch_folder parent;
  // Nobody holds its lock, as after a SIGKILL.
  auto left = parent / "callboard-outcomes.left";
  fs::create_directory(left);
  fs::copy("/etc/passwd", left + "/outcome");
  outcome_folder next{parent.path()};
  CHECK_FALSE(fs::exists(left));
  CHECK(fs::exists(next.path()));
}

TEST_CASE("the folder of a living process and foreign files stay") {
  scratch_folder parent;
  outcome_folder living{parent.path()};
  fs::create_directory(parent / "callboard-other");
  fs::create_directory_symlink("/etc", parent / "callboard-outcomes.link");
  outcome_folder next{parent.path()};
  CHECK(fs::exists(living.path()));
  CHECK(fs::exists(parent / "callboard-other"));
  CHECK(fs::exists(parent / "callboard-outcomes.link"));
  CHECK(fs::exists("/etc/passwd"));
}

TEST_CASE("a folder that somebody removed is made anew") {
  auto first = outcome_folder::ours();
  CHECK(outcome_folder::ours() == first);
  fs::remove_all(first->path());
  auto second = outcome_folder::ours();
  CHECK(second != first);
  CHECK(fs::exists(second->path()));
}

TEST_CASE("no folder can be made where there is none to hold it") {
  CHECK_THROWS_WITH(outcome_folder{"/no/such"},
                    Catch::Contains("/no/such") && Catch::Contains("TMPDIR"));
}
