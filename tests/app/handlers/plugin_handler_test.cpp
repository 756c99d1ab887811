#include "actors/pipeline/middleware.hpp"
#include "app/handlers/plugin_handler.hpp"
#include "app/handlers/plugin_library.hpp"
#include "tests/app/handlers/call.hpp"
#include "tests/app/handlers/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <dlfcn.h>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

result<handler> plugged(const std::string& path, const std::string& type) {
  return make_plugin_handler({.path = path}, environment_in("/", type));
}

bool is_loaded(const char* path) {
  auto* library = ::dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  if (library)
    ::dlclose(library);
  return library != nullptr;
}

} // namespace

TEST_CASE("a plugin performs the jobs of its types") {
  CHECK(call{}(made(plugged(GOOD_PLUGIN, "complete"))) == complete());
  call with;
  with.work.arg = "arg";
  CHECK(with(made(plugged(GOOD_PLUGIN, "echo"))) == fail("arg r1"));
}

TEST_CASE("a relative path of a plugin counts from the config's folder") {
  std::string path = GOOD_PLUGIN;
  auto slash = path.rfind('/');
  auto from
      = make_plugin_handler({.path = "." + path.substr(slash)},
                            environment_in(path.substr(0, slash), "complete"));
  CHECK(call{}(made(from)) == complete());
}

TEST_CASE("an exception crosses the border of a plugin") {
  auto run = made(plugged(GOOD_PLUGIN, "throw"));
  CHECK(call{}(standard_chain({}, run)) == move_to_dlq("thrown by a plugin"));
}

TEST_CASE("a plugin without the type is refused and says what it knows") {
  CHECK_THAT(refusal(plugged(GOOD_PLUGIN, "welcome")),
             Contains(GOOD_PLUGIN)
                 && Contains("no handler for the type 'welcome'")
                 && Contains("'complete', 'echo', 'throw'"));
}

TEST_CASE("for every type a plugin chooses by the type of the job") {
  auto run = made(plugged(GOOD_PLUGIN, "*"));
  call with;
  with.work.type = "complete";
  CHECK(with(run) == complete());
  with.work.type = "x";
  CHECK(with(run) == move_to_dlq("unknown type 'x' in queue 'mail'"));
}

TEST_CASE("a file that is no library is refused") {
  scratch_folder folder;
  auto path = folder.file("text.so", "this is no library");
  CHECK_THAT(refusal(plugged(path, "x")), Contains(path)
                                              && Contains("does not load")
                                              && Contains("shared library"));
  CHECK_THAT(refusal(plugged(folder / "absent.so", "x")),
             Contains("absent.so") && Contains("No such file"));
}

TEST_CASE("a library that is no plugin is refused") {
  CHECK_THAT(refusal(plugged(NO_PLUGIN, "x")),
             Contains("no plugin") && Contains("CALLBOARD_PLUGIN"));
}

TEST_CASE("a plugin of another ABI version is refused with both versions") {
  CHECK_THAT(refusal(plugged(OTHER_ABI_PLUGIN, "x")),
             Contains("ABI version 43") && Contains("this program has 2")
                 && Contains("build it against"));
}

TEST_CASE("a plugin that throws while it registers is refused") {
  CHECK_THAT(refusal(plugged(THROWING_PLUGIN, "half")), Contains("no licence"));
}

TEST_CASE("a plugin serves many types and is loaded once") {
  plugin_shelf shelf;
  auto first = shelf.load(GOOD_PLUGIN);
  auto second = shelf.load(GOOD_PLUGIN);
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  CHECK(*first == *second);
}

TEST_CASE("a plugin stays loaded as long as one of its handlers lives") {
  auto one = made(plugged(GOOD_PLUGIN, "complete"));
  {
    auto two = one;
    one = nullptr;
    CHECK(is_loaded(GOOD_PLUGIN));
    CHECK(call{}(two) == complete());
  }
  CHECK_FALSE(is_loaded(GOOD_PLUGIN));
}

TEST_CASE("the example plugin counts words and counts down") {
  call with;
  with.work.arg = "one two  three\n";
  CHECK(with(made(plugged(EXAMPLE_PLUGIN, "count_words"))) == complete());
  CHECK(with.lines() == std::vector<std::string>{"3 words"});
  auto countdown = made(plugged(EXAMPLE_PLUGIN, "countdown"));
  with.work.arg = "2";
  CHECK(with(countdown) == reschedule(by_after(1s), with_arg{"1"}));
  with.work.arg = "0";
  CHECK(with(countdown) == complete());
  with.work.arg = "x";
  CHECK(with(countdown) == move_to_dlq("the arg must be a number"));
}
