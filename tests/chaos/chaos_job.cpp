// The program that exec jobs of the chaos test run: the same as the plugin's
// ordinary handlers, as a process of its own.

#include "tests/chaos/ledger.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {

using namespace callboard::chaos;

std::string variable(const char* name) {
  auto value = std::getenv(name);
  return value ? value : "";
}

/// False: SIGTERM came first. It must be blocked.
bool work_for(int milliseconds) {
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  timespec span{milliseconds / 1000, milliseconds % 1000 * 1'000'000L};
  return sigtimedwait(&term, nullptr, &span) < 0;
}

} // namespace

int main() {
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, nullptr);
  std::string arg{std::istreambuf_iterator<char>{std::cin}, {}};
  auto what = parse_plan(arg);
  if (!what) {
    std::cerr << "the arg is no plan\n";
    return 65;
  }
  ledger_line line{.id = variable("CALLBOARD_JOB_ID"),
                   .fence = std::stoll(variable("CALLBOARD_FENCE")),
                   .attempt = std::stoi(variable("CALLBOARD_ATTEMPT")),
                   .steps = what->steps,
                   .life = {}};
  write_down(line);
  line.begins = false;
  auto end = [&](const char* result, int code) {
    line.result = result;
    write_down(line);
    std::cerr << result << " on purpose\n";
    return code;
  };
  if (!work_for(what->milliseconds))
    return end("stopped", 1);
  if (variable("CALLBOARD_TYPE") == "program_dead")
    return end("dead", 65);
  if (what->steps > 0) {
    auto rest = *what;
    --rest.steps;
    std::ofstream outcome{variable("CALLBOARD_OUTCOME")};
    outcome << R"({"result":"reschedule","after":"50ms","arg":")"
            << to_text(rest) << "\"}";
    outcome.close();
    return end("reschedule", 0);
  }
  if (line.attempt <= what->failures)
    return end("fail", 1);
  return end("complete", 0);
}
