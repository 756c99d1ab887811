#include "tests/e2e/scene.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <utility>

namespace callboard::test {

namespace {

constexpr int gates = 3;

} // namespace

const std::string mail_queue = R"([{
  "name": "mail",
  "concurrency": 2,
  "poll_interval": "100ms",
  "retry": {"max_attempts": 5, "backoff": "fixed", "first": "50ms",
            "jitter": 0},
  "types": {
    "welcome": {"noop": {}},
    "flaky": {"fail": {"error": "the server is busy", "times": 2}},
    "broken": {"fail": {"error": "no route"}, "retry": {"max_attempts": 1}},
    "gate": {"exec": ["sh", "-c", "read line <gate$CALLBOARD_ATTEMPT"]},
    "stubborn": {"exec": {"command": ["sh", "-c",
        "trap '' TERM; read line <gate$CALLBOARD_ATTEMPT"],
        "kill_after": "1h"}},
    "ledger": {"exec": ["sh", "-c", "echo $CALLBOARD_JOB_ID >>ledger"]}
  }
}])";

scene::scene(std::unique_ptr<backend> db) : db_{std::move(db)} {
  auto schema = db_->options().schema;
  database_ = "{\"url\": \"" + db_->url() + "\""
              + (schema.empty() ? "" : ", \"schema\": \"" + schema + "\"")
              + "}";
  options_.directory = folder_.path();
  // The tests' own settings must not reach the program.
  options_.environment
      = {{"NO_COLOR", ""}, {"CALLBOARD_CONFIG", "callboard.json"}};
  configure();
}

scene::~scene() {
  for (int attempt = 1; attempt <= gates; ++attempt) {
    int pipe = ::open(gate(attempt).c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    if (pipe >= 0)
      close(pipe);
  }
}

void scene::configure(const std::string& queues, const std::string& more,
                      const std::string& file) {
  write(file, "{\"database\": " + database_ + ", \"queues\": " + queues
                  + (more.empty() ? "" : ", " + more) + "}");
}

void scene::configure_database(const std::string& database) {
  database_ = database;
  configure();
}

void scene::write(const std::string& name, const std::string& text) {
  std::ofstream file{path(name), std::ios::binary};
  file << text;
  file.close();
  REQUIRE(file);
}

std::vector<std::string> scene::lines_of(const std::string& name) const {
  std::ifstream file{path(name)};
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(line);
  return lines;
}

void scene::close_gate() {
  for (int attempt = 1; attempt <= gates; ++attempt)
    REQUIRE(mkfifo(gate(attempt).c_str(), 0600) == 0);
}

void scene::open_gate(int attempt) {
  // Waits until the job has opened the other end.
  int pipe = ::open(gate(attempt).c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(pipe >= 0);
  REQUIRE(::write(pipe, "go\n", 3) == 3);
  close(pipe);
}

std::string scene::gate(int attempt) const {
  return path("gate" + std::to_string(attempt));
}

std::int64_t scene::waiting() const {
  auto options = db_->options();
  options.clock = {};
  auto store = db_->open(options)->connect().value();
  std::int64_t count = 0;
  for (const auto& each : store->counts().value())
    count += each.waiting.value;
  return count;
}

finished scene::callboard(std::vector<std::string> arguments,
                          std::string_view input) const {
  arguments.insert(arguments.begin(), CALLBOARD_PROGRAM);
  return run(std::move(arguments), input, options_);
}

std::string scene::ok(std::vector<std::string> arguments,
                      std::string_view input, int code) const {
  auto done = callboard(arguments, input);
  std::string line;
  for (const auto& each : arguments)
    line += " " + each;
  INFO("callboard" << line << "\n" << done.out << done.err);
  REQUIRE(done.code == code);
  return done.out;
}

std::unique_ptr<process>
scene::start(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), CALLBOARD_PROGRAM);
  return std::make_unique<process>(std::move(arguments), options_);
}

std::unique_ptr<process> scene::daemon(std::vector<std::string> options) const {
  options.insert(options.begin(), "run");
  auto program = start(std::move(options));
  program->await_line("ready: ");
  return program;
}

std::string scene::path(const std::string& name) const {
  return folder_.path() + "/" + name;
}

} // namespace callboard::test
