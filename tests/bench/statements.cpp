// Prints the PostgreSQL statements that the store really uses, for pgbench.
//   statements NAME
#include "store/postgres/statements/leases.hpp"
#include "store/postgres/statements/outcomes.hpp"

#include <cstdio>
#include <string_view>

int main(int argc, char** argv) {
  using namespace callboard::store::postgres;
  std::string_view name = argc == 2 ? argv[1] : "";
  if (name == "lease")
    std::puts(static_cast<const char*>(lease));
  else if (name == "complete")
    std::puts(static_cast<const char*>(complete));
  else
    return 2;
  return 0;
}
