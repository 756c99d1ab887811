#include "tests/e2e/scene.hpp"
#include "tests/support/await_end.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <sstream>

using namespace callboard::test;
using Catch::Contains;

namespace {

// Queue "wild" with the test plugin, isolated; `more` are keys of the queue.
std::string wild_queue(const std::string& isolation = "\"process\"",
                       const std::string& more = "") {
  return R"({"name": "wild", "concurrency": 2, "poll_interval": "100ms",
             "retry": {"max_attempts": 2, "backoff": "fixed", "first": "10ms",
                       "jitter": 0},
             "isolation": )"
         + isolation + more + R"(, "types": {"*": {"plugin": {"path": ")"
         + WILD_PLUGIN + R"("}}}})";
}

const std::string kept = R"({"name": "kept", "types": {
    "family": {"exec": ["sh", "-c",
        "trap '' TERM; sleep 1000 & echo family $$ $! works >&2; wait"]},
    "tell": {"exec": ["sh", "-c",
        "trap '' TERM; sleep 1000 & echo $$ $! >family.new; mv family.new family; cat <held"]}}})";

struct pair {
  pid_t first = 0;
  pid_t second = 0;
};

// "... process 12 34 works ...".
pair pair_in(const std::string& line) {
  auto at = line.find("process ");
  REQUIRE(at != line.npos);
  std::istringstream words{line.substr(at + 8)};
  pair found;
  words >> found.first >> found.second;
  REQUIRE(found.first > 1);
  return found;
}

void open_pipe(const std::string& path, const std::string& text) {
  auto pipe = std::fopen(path.c_str(), "w");
  REQUIRE(pipe != nullptr);
  std::fputs(text.c_str(), pipe);
  std::fclose(pipe);
}

void end(process& daemon) {
  daemon.signal(SIGTERM);
  CHECK(daemon.wait() == 0);
}

} // namespace

TEST_CASE("a plugin that crashes costs its job, and the daemon goes on") {
  scene here;
  here.configure("[" + wild_queue() + "]");
  auto daemon = here.daemon();
  for (std::string type : {"segv", "abort", "exit"}) {
    here.ok({"enqueue", "-q", "wild", "-t", type, "--id", type});
    daemon->await_line(type + "  ✝ dead");
  }
  here.ok({"enqueue", "-q", "wild", "-t", "fine", "--id", "f1"});
  daemon->await_line("f1  ✔ done");
  CHECK_THAT(here.ok({"dead", "show", "segv"}),
             Contains("killed by SIGSEGV") && Contains("on node "));
  CHECK_THAT(here.ok({"dead", "show", "abort"}), Contains("killed by SIGABRT"));
  CHECK_THAT(here.ok({"dead", "show", "exit"}), Contains("exited with code 3"));
  end(*daemon);
}

TEST_CASE("no process outlives a daemon that is killed") {
  scene here;
  here.options().environment["TMPDIR"] = here.folder();
  here.configure("[" + wild_queue() + "," + kept + "]");
  REQUIRE(mkfifo(here.path("held").c_str(), 0600) == 0);
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "wild", "-t", "hang", "--id", "h1"});
  here.ok({"enqueue", "-q", "kept", "-t", "tell", "--id", "t1"});
  auto isolated = pair_in(daemon->await_line(" works"));
  // It has written the file when it opens the pipe.
  open_pipe(here.path("held"), "");
  auto line = here.lines_of("family").at(0);
  auto program = pair_in("process " + line);
  daemon->signal(SIGKILL);
  CHECK(daemon->wait() == -SIGKILL);
  for (auto each :
       {isolated.first, isolated.second, program.first, program.second})
    CHECK(await_end(each));
}

TEST_CASE("outcome files of a killed daemon are removed by the next") {
  scene here;
  here.options().environment["TMPDIR"] = here.folder();
  here.close_gate();
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  auto daemon = here.daemon();
  daemon->await_line("g1  ▶ started");
  // The job has its file when its program waits at the gate.
  auto count = [&] {
    std::size_t all = 0;
    for (const auto& each : std::filesystem::directory_iterator{here.folder()})
      all += each.path().filename().string().starts_with("callboard-outcomes.")
                 ? 1
                 : 0;
    return all;
  };
  auto gate = std::fopen(here.path("gate1").c_str(), "w");
  daemon->signal(SIGKILL);
  daemon->wait();
  std::fclose(gate);
  CHECK(count() == 1);
  auto next = here.daemon();
  next->await_line("g1  ▶ started");
  here.open_gate(2);
  next->await_line("g1  ✔ done");
  CHECK(count() == 1);
  end(*next);
  CHECK(count() == 0);
}

TEST_CASE("a daemon that ends waits for its isolated jobs") {
  scene here;
  here.configure("[" + wild_queue() + "]");
  REQUIRE(mkfifo(here.path("pipe").c_str(), 0600) == 0);
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "wild", "-t", "gate", "--arg", here.path("pipe"),
           "--id", "g1"});
  auto process = pair_in(daemon->await_line(" works")).first;
  daemon->signal(SIGTERM);
  // As a service manager does it.
  ::kill(process, SIGTERM);
  daemon->await_line("ending: no new jobs");
  open_pipe(here.path("pipe"), "go\n");
  daemon->await_line("g1  ✔ done");
  CHECK(daemon->wait() == 0);
  CHECK(await_end(process));
}

TEST_CASE("a reload replaces the processes, and lets the old ones finish") {
  scene here;
  here.configure("[" + wild_queue() + "]");
  REQUIRE(mkfifo(here.path("pipe").c_str(), 0600) == 0);
  REQUIRE(mkfifo(here.path("next").c_str(), 0600) == 0);
  auto daemon = here.daemon();
  here.ok({"enqueue", "-q", "wild", "-t", "gate", "--arg", here.path("pipe"),
           "--id", "g1"});
  auto old = pair_in(daemon->await_line(" works")).first;
  // What the file says by now is not what the old ones were made of.
  here.configure("[" + wild_queue(R"({"recycle_after": 1})") + "]");
  daemon->signal(SIGHUP);
  here.ok({"enqueue", "-q", "wild", "-t", "gate", "--arg", here.path("next"),
           "--id", "g2"});
  auto fresh = pair_in(daemon->await_line(" works")).first;
  CHECK(fresh != old);
  open_pipe(here.path("pipe"), "go\n");
  daemon->await_line("g1  ✔ done");
  daemon->await_line("reloaded callboard.json");
  CHECK(await_end(old));
  open_pipe(here.path("next"), "go\n");
  daemon->await_line("g2  ✔ done");
  CHECK(await_end(fresh));
  end(*daemon);
}

TEST_CASE("a process gets the config that the daemon has, not the file's") {
  scene here;
  here.configure("[" + wild_queue() + "]");
  auto daemon = here.daemon();
  std::filesystem::copy_file(here.path("callboard.json"),
                             here.path("good.json"));
  here.write("callboard.json", "{");
  here.ok(
      {"enqueue", "-c", "good.json", "-q", "wild", "-t", "fine", "--id", "f1"});
  daemon->await_line("f1  ✔ done");
  end(*daemon);
}

TEST_CASE("an isolated handler that ignores its timeout is killed") {
  scene here;
  here.configure("["
                 + wild_queue(R"({"kill_after": "1s"})", R"(, "timeout": "2s")")
                 + "]");
  auto daemon = here.daemon();
  // So that the process is up when the time begins to count.
  here.ok({"enqueue", "-q", "wild", "-t", "fine", "--id", "f1"});
  daemon->await_line("f1  ✔ done");
  here.ok({"enqueue", "-q", "wild", "-t", "hang", "--id", "h1",
           "--max-attempts", "1"});
  auto hung = pair_in(daemon->await_line(" works"));
  daemon->await_line("h1  ✝ dead");
  CHECK(await_end(hung.first));
  CHECK(await_end(hung.second));
  CHECK_THAT(here.ok({"dead", "show", "h1"}),
             Contains("timed out after 2 s")
                 && Contains("did not end within 1 s")
                 && Contains("killed by SIGKILL"));
  end(*daemon);
}

TEST_CASE("check knows the isolation of a queue") {
  scene here;
  here.configure("[" + wild_queue(R"({"memory": "1KiB"})") + "]");
  auto told = here.callboard({"check"});
  CHECK(told.code == 2);
  CHECK_THAT(told.err + told.out,
             Contains("/queues/0/isolation/memory: must be at least 16MiB"));
}
