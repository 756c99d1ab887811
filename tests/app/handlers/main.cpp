#define CATCH_CONFIG_RUNNER
#include "actors/process/guardian.hpp"
#include "actors/process/own_program.hpp"

#include <catch2/catch.hpp>

using namespace callboard::actors;

int main(int argc, char** argv) {
  if (auto role = take_role())
    return guardian::serve(role->parent);
  allow_own_starts();
  return Catch::Session{}.run(argc, argv);
}
