#define CATCH_CONFIG_RUNNER
#include "actors/isolation/serve_isolated.hpp"
#include "tests/actors/isolation/handlers.hpp"

#include <catch2/catch.hpp>

int main(int argc, char** argv) {
  if (auto code = callboard::serve_isolated(callboard::test::make_workers))
    return *code;
  return Catch::Session{}.run(argc, argv);
}
