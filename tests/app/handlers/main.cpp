#define CATCH_CONFIG_RUNNER
#include "actors/isolation/serve_isolated.hpp"
#include "app/handlers/isolated_workers.hpp"

#include <catch2/catch.hpp>

int main(int argc, char** argv) {
  if (auto code = callboard::serve_isolated(callboard::app::isolated_workers))
    return *code;
  return Catch::Session{}.run(argc, argv);
}
