#include "actors/process/guardian.hpp"
#include "actors/process/own_program.hpp"
#include "actors/process/program_end.hpp"

#include <signal.h>

#include <iostream>
#include <string>

using namespace callboard::actors;

namespace {

// A program whose own child is in its group, and which tells both.
pid_t start(const std::string& name) {
  return spawn({.path = "/bin/sh",
                .arguments = {"sh", "-c",
                              "trap '' TERM HUP; sleep 1000 & echo " + name
                                  + " $$ $!; wait"},
                .descriptors = {-1, 1, 2}})
      .pid;
}

} // namespace

// Does what the lines of its input say, until they end. With an argument it
// has no guardian.
int main(int argc, char**) {
  if (auto role = take_role())
    return guardian::serve(role->parent);
  if (argc == 1)
    allow_own_starts();
  pid_t last = -1;
  for (std::string word; std::cin >> word;) {
    if (word == "reap") {
      ::kill(last, SIGKILL);
      std::cout << "reaped: " << to_string(reap(last)) << std::endl;
      continue;
    }
    if (word == "guardian") {
      std::cout << "guardian " << guardian::id() << std::endl;
      continue;
    }
    last = start(word);
  }
}
