#include "app/cli/command_line.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <sstream>

using namespace callboard;
using namespace callboard::app;
using namespace std::chrono_literals;

namespace {

using words = std::vector<std::string>;

template <class Command>
Command parsed(const words& arguments) {
  auto result = parse_command_line(arguments);
  if (auto* wrong = std::get_if<usage_error>(&result))
    FAIL(wrong->message);
  auto* what = std::get_if<Command>(&std::get<command>(result));
  REQUIRE(what != nullptr);
  return *what;
}

std::string refused(const words& arguments) {
  auto result = parse_command_line(arguments);
  auto* wrong = std::get_if<usage_error>(&result);
  REQUIRE(wrong != nullptr);
  return wrong->message;
}

} // namespace

TEST_CASE("run takes its options") {
  auto plain = parsed<run_command>({"run"});
  CHECK(plain.config == "callboard.json");
  CHECK_FALSE(plain.live);
  CHECK_FALSE(plain.once);
  CHECK(plain.once_horizon == 0us);
  auto full = parsed<run_command>(
      {"run", "-c", "x.json", "--live", "--once", "--once-horizon", "1m30s"});
  CHECK(full.config == "x.json");
  CHECK(full.live);
  CHECK(full.once);
  CHECK(full.once_horizon == 90s);
}

TEST_CASE("perform takes its options") {
  auto plain = parsed<perform_command>({"perform"});
  CHECK(plain.join.empty());
  CHECK_FALSE(plain.live);
  auto full = parsed<perform_command>({"perform", "-c", "x.json", "--join",
                                       "a:1,b:2", "--join", "c:3", "--live"});
  CHECK(full.config == "x.json");
  CHECK(full.join == words{"a:1", "b:2", "c:3"});
  CHECK(full.live);
}

TEST_CASE("the config file comes from the option, then the environment") {
  setenv("CALLBOARD_CONFIG", "from-environment.json", 1);
  auto by_environment = parsed<check_command>({"check"});
  auto by_option = parsed<check_command>({"check", "--config", "mine.json"});
  // By way of a node, too, for which only an option is too much.
  parsed<status_command>({"status", "--node", "a:1"});
  unsetenv("CALLBOARD_CONFIG");
  CHECK(by_environment.config == "from-environment.json");
  CHECK(by_option.config == "mine.json");
  CHECK(parsed<check_command>({"check"}).config == "callboard.json");
}

TEST_CASE("migrate and status take their flags") {
  CHECK_FALSE(parsed<migrate_command>({"migrate"}).status);
  CHECK(parsed<migrate_command>({"migrate", "--status", "--json"}).status);
  CHECK(parsed<migrate_command>({"migrate", "--status", "--json"}).json);
  CHECK(parsed<migrate_command>({"migrate", "--force"}).force);
  auto status = parsed<status_command>({"status", "--watch", "--json"});
  CHECK(status.watch);
  CHECK(status.json);
  CHECK_FALSE(parsed<status_command>({"status"}).json);
}

TEST_CASE("enqueue takes all of a job") {
  auto what = parsed<enqueue_command>(
      {"enqueue", "-q", "mail", "-t", "welcome", "--arg", "{\"user\":42}",
       "--id", "a1", "--delay", "10s", "--priority", "-5", "--request-id", "r",
       "--max-attempts", "3", "--strict", "--quiet"});
  CHECK(what.queue == "mail");
  CHECK(what.type == "welcome");
  CHECK(what.arg == "{\"user\":42}");
  CHECK(what.id == "a1");
  CHECK(what.delay == 10s);
  CHECK_FALSE(what.run_at);
  CHECK(what.priority == -5);
  CHECK(what.request_id == "r");
  CHECK(what.max_attempts == 3);
  CHECK(what.strict);
  CHECK(what.quiet);
  CHECK_FALSE(what.from_stdin);
}

TEST_CASE("an arg may look like anything") {
  auto arg = [](const words& option) {
    words all{"enqueue", "-q", "q", "-t", "t"};
    all.insert(all.end(), option.begin(), option.end());
    return parsed<enqueue_command>(all).arg;
  };
  CHECK(arg({}) == std::nullopt);
  CHECK(arg({"--arg", ""}) == "");
  CHECK(arg({"--arg=", "--quiet"}) == "");
  CHECK(arg({"--arg=x=y"}) == "x=y");
  CHECK(arg({"--arg", "--id"}) == "--id");
  CHECK(arg({"--arg", "[1,2]"}) == "[1,2]");
  CHECK(arg({"--arg", "run"}) == "run");
}

TEST_CASE("enqueue takes an absolute moment, a file, and lines") {
  CHECK(parsed<enqueue_command>(
            {"enqueue", "-q", "q", "-t", "t", "--at", "1970-01-01T00:00:01Z"})
            .run_at
        == time_point{1s});
  CHECK(parsed<enqueue_command>(
            {"enqueue", "-q", "q", "-t", "t", "--arg-file", "-"})
            .arg_file
        == "-");
  auto bulk
      = parsed<enqueue_command>({"enqueue", "--stdin", "--skip-existing"});
  CHECK(bulk.from_stdin);
  CHECK(bulk.skip_existing);
}

TEST_CASE("jobs and job take their filters") {
  auto what = parsed<jobs_command>({"jobs", "-q", "mail", "-t", "welcome",
                                    "--state", "delayed", "--limit", "7",
                                    "--after", "a1", "--json"});
  CHECK(what.filter.queue == "mail");
  CHECK(what.filter.type == "welcome");
  CHECK(what.filter.state == job_state::delayed);
  CHECK(what.filter.limit == 7);
  CHECK(what.filter.after == "a1");
  CHECK(what.json);
  auto plain = parsed<jobs_command>({"jobs"});
  CHECK_FALSE(plain.filter.queue);
  CHECK_FALSE(plain.filter.state);
  CHECK(plain.filter.limit == 100);
  auto job = parsed<job_command>({"job", "a1", "--arg"});
  CHECK(job.id == "a1");
  CHECK(job.raw_arg);
  CHECK(parsed<job_command>({"job", "run", "--json"}).id == "run");
}

TEST_CASE("cancel takes many ids") {
  CHECK(parsed<cancel_command>({"cancel", "a", "dead", "c"}).ids
        == words{"a", "dead", "c"});
  CHECK(parsed<cancel_command>({"cancel", "--", "-a"}).ids == words{"-a"});
}

TEST_CASE("the commands of the dead letters take ids or a filter") {
  auto list = parsed<dead_list_command>(
      {"dead", "list", "-q", "mail", "--limit", "5", "--after", "12"});
  CHECK(list.filter.queue == "mail");
  CHECK(list.filter.limit == 5);
  CHECK(list.filter.after == 12);
  CHECK(parsed<dead_show_command>({"dead", "show", "a1", "--json"}).json);
  CHECK(parsed<dead_retry_command>({"dead", "retry", "a", "b"}).filter.ids
        == words{"a", "b"});
  CHECK(
      parsed<dead_retry_command>({"dead", "retry", "-t", "welcome"}).filter.type
      == "welcome");
  auto all = parsed<dead_purge_command>({"dead", "purge", "--all", "--yes"});
  CHECK(all.yes);
  CHECK_FALSE(all.filter.queue);
}

TEST_CASE("a command line that makes no sense is told what to do") {
  struct sample {
    words arguments;
    std::string message;
  };
  auto each = GENERATE(values<sample>({
      {{}, "which command? One of: run, perform, check"},
      {{"enque"}, "there is no command 'enque'; did you mean 'enqueue'?"},
      {{"frobnicate"}, "there is no command 'frobnicate'. See"},
      {{"--foo"}, "there is no option '--foo'"},
      {{"-c", "x", "run"}, "options come after it"},
      {{"run", "--foo"}, "there is no option '--foo'. See callboard run"},
      {{"run", "extra"}, "one argument too many: 'extra'"},
      {{"run", "--once-horizon", "5s"}, "--once-horizon requires --once"},
      {{"run", "--once", "--once-horizon", "5"}, "'5' has no unit"},
      {{"check", "-c"}, "--config"},
      {{"enqueue", "--id", ""}, "--id: must not be empty"},
      {{"enqueue", "--id="}, "--id: must not be empty"},
      {{"enqueue", "--delay", "-5s"}, "--delay"},
      {{"enqueue", "--delay", "1s", "--at", "1970-01-01T00:00:00Z"},
       "excludes"},
      {{"enqueue", "--at", "soon"}, "is not a moment"},
      {{"enqueue", "--priority", "99999"}, "--priority"},
      {{"enqueue", "--priority", "x"}, "--priority"},
      {{"enqueue", "--max-attempts", "0"}, "--max-attempts"},
      {{"enqueue", "--arg", "x", "--arg-file", "y"}, "excludes"},
      {{"enqueue", "--stdin", "--id", "x"}, "--stdin"},
      {{"enqueue", "--skip-existing"}, "requires --stdin"},
      {{"enqueue", "--node", "a:1", "--strict"}, "excludes --"},
      {{"enqueue", "--node", "a:1", "-c", "x"}, "excludes --"},
      {{"cancel", "x", "--node", "a:1", "-c", "x"}, "excludes --"},
      {{"status", "--node", "a:1", "-c", "x"}, "excludes --"},
      {{"jobs", "--state", "lost"}, "--state: lost not in"},
      {{"jobs", "--limit", "0"}, "--limit"},
      {{"job"}, "ID is required. See callboard job --help"},
      {{"job", "a", "b"}, "one argument too many: 'b'"},
      {{"job", "a", "--arg", "--json"}, "excludes"},
      {{"cancel"}, "ID is required"},
      {{"cancel", "[a]"}, "'[a]': a name in brackets"},
      {{"dead"}, "which command? One of: list, show, retry, purge"},
      {{"dead", "lst"}, "did you mean 'list'? See callboard dead --help"},
      {{"dead", "show"}, "ID is required"},
      {{"dead", "retry"}, "which dead letters?"},
      {{"dead", "purge", "--yes"}, "which dead letters?"},
      {{"dead", "retry", "--all", "-q", "x"}, "excludes"},
      {{"dead", "retry", "--all", "x"}, "excludes"},
      {{"dead", "list", "--after", "x"}, "--after"},
      {{"dead", "list", "--after", "-1"}, "--after"},
      {{"status", "--wach"}, "there is no option '--wach'"},
  }));
  auto message = refused(each.arguments);
  CHECK_THAT(message, Catch::Contains(each.message));
  CHECK_THAT(message,
             Catch::Contains("See callboard") || Catch::Contains("brackets"));
  CHECK(message.find('\n') == std::string::npos);
}

TEST_CASE("version and help are printed, not performed") {
  CHECK(parsed<print_command>({"--version"}).text == "callboard 0.1.0\n");
  for (const auto& name : command_names()) {
    words arguments;
    std::istringstream parts{name};
    for (std::string part; parts >> part;)
      arguments.push_back(part);
    arguments.emplace_back("--help");
    auto text = parsed<print_command>(arguments).text;
    INFO(name);
    CHECK_THAT(text, Catch::StartsWith("Usage: callboard " + name));
    CHECK_THAT(text, Catch::Contains("Exit codes: 0 done"));
  }
}

TEST_CASE("no line of the help is wider than a terminal") {
  for (const auto& name : command_names()) {
    words arguments;
    std::istringstream parts{name};
    for (std::string part; parts >> part;)
      arguments.push_back(part);
    arguments.emplace_back("-h");
    std::istringstream lines{parsed<print_command>(arguments).text};
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      CHECK(line.size() <= 80);
    }
  }
}
