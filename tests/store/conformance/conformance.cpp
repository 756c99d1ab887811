#include "tests/store/conformance/conformance.hpp"

#include <soci/soci.h>

namespace callboard::test {

void kill_node(const backend& place, std::unique_ptr<job_store> node,
               const std::string& name) {
  incarnation id = 0;
  for (const auto& one : ok(node->nodes()))
    if (one.name == name)
      id = one.id;
  REQUIRE(id != 0);
  node.reset();
  if (place.kind() != backend_kind::postgres)
    return;
  // The server frees the lock when it sees the connection end: wait for it.
  auto sql = place.session();
  *sql << "select pg_advisory_lock(:id::int8)", soci::use(id);
  *sql << "select pg_advisory_unlock(:id::int8)", soci::use(id);
}

} // namespace callboard::test
