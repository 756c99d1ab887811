#include "app/handlers/exec_handler.hpp"
#include "tests/app/handlers/call.hpp"
#include "tests/app/handlers/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

struct reporting {
  explicit reporting(const std::string& body) {
    folder.script("job.sh", body);
    run = made(make_exec_handler({.command = {"./job.sh"}},
                                 environment_in(folder.path())));
  }

  outcome operator()() { return with(run); }

  scratch_folder folder;
  handler run;
  call with;
};

// A script that writes `text` into the outcome file.
outcome said(const std::string& text, const std::string& after = "exit 0") {
  reporting x{"cat > \"$CALLBOARD_OUTCOME\"; " + after};
  x.with.work.arg = text;
  return x();
}

} // namespace

TEST_CASE("a program says its outcome in a file") {
  CHECK(said(R"({"result":"complete"})") == complete());
  CHECK(said(R"({"result":"retry","after":"10s","error":"busy"})")
        == retry(10s, "busy"));
  CHECK(said(R"({"result":"dead","error":"no such user"})")
        == move_to_dlq("no such user"));
  CHECK(said(R"({"result":"reschedule","after":"5m","arg":{"n":1}})")
        == reschedule(by_after(5min), with_arg{R"({"n":1})"}));
}

TEST_CASE("a valid outcome wins over exit code 65") {
  CHECK(said(R"({"result":"complete"})", "exit 65") == complete());
}

TEST_CASE("the outcome of a program that failed is not believed") {
  CHECK(said(R"({"result":"complete"})", "exit 1") == fail("exit code 1"));
  CHECK_THAT(error_of(said(R"({"result":"complete"})", "kill -TERM $$")),
             Contains("SIGTERM"));
}

TEST_CASE("a malformed outcome fails by the policy with the reason") {
  auto answer = said(R"({"result":"done"})", "echo oops >&2; exit 0");
  CHECK(std::holds_alternative<failed>(answer));
  CHECK_THAT(error_of(answer), Contains("outcome file") && Contains("\"done\"")
                                   && Contains("oops"));
  CHECK_THAT(error_of(said("not json")), Contains("it is no JSON"));
}

TEST_CASE("an outcome over the limit of an arg is refused") {
  reporting x{R"(head -c 17000000 /dev/zero > "$CALLBOARD_OUTCOME")"};
  CHECK_THAT(error_of(x()), Contains("longer than 16MiB"));
}

TEST_CASE("an outcome file that is none any more is refused") {
  reporting pipe{R"(rm "$CALLBOARD_OUTCOME"; mkfifo "$CALLBOARD_OUTCOME")"};
  CHECK_THAT(error_of(pipe()), Contains("not a regular file"));
  reporting link{
      R"(rm "$CALLBOARD_OUTCOME"; ln -s /etc/passwd "$CALLBOARD_OUTCOME")"};
  CHECK(std::holds_alternative<failed>(link()));
  reporting folder{
      R"(rm "$CALLBOARD_OUTCOME"; mkdir "$CALLBOARD_OUTCOME"
echo "$CALLBOARD_OUTCOME" > place)"};
  CHECK(std::holds_alternative<failed>(folder()));
  auto place = text_of(folder.folder / "place");
  std::filesystem::remove(place.substr(0, place.find('\n')));
}

TEST_CASE("a program may leave the file empty, remove it or replace it") {
  CHECK(reporting{R"(: > "$CALLBOARD_OUTCOME")"}() == complete());
  CHECK(reporting{R"(rm "$CALLBOARD_OUTCOME")"}() == complete());
  CHECK(reporting{R"(echo '{"result":"dead"}' > new
mv new "$CALLBOARD_OUTCOME")"}()
        == move_to_dlq(""));
}

TEST_CASE("the outcome file is private, and gone afterwards") {
  reporting x{R"(stat -c %a "$CALLBOARD_OUTCOME" > mode
echo "$CALLBOARD_OUTCOME" > place)"};
  CHECK(x() == complete());
  CHECK(text_of(x.folder / "mode") == "600\n");
  auto place = text_of(x.folder / "place");
  CHECK_FALSE(std::filesystem::exists(place.substr(0, place.find('\n'))));
}
