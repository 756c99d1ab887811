#include "store/postgres/trial_connection.hpp"

#include "store/postgres/guard.hpp"

#include <libpq-fe.h>

#include <memory>

namespace callboard::store {

void try_connection(const std::string& text, const std::string& database) {
  std::unique_ptr<PGconn, decltype(&PQfinish)> made{PQconnectdb(text.c_str()),
                                                    &PQfinish};
  auto fail = [&] {
    throw failure{connect_error(database, PQerrorMessage(made.get()))};
  };
  if (PQstatus(made.get()) != CONNECTION_OK)
    fail();
  // SOCI's own first statement.
  std::unique_ptr<PGresult, decltype(&PQclear)> done{
      PQexec(made.get(), "SET extra_float_digits = 2"), &PQclear};
  if (PQresultStatus(done.get()) != PGRES_COMMAND_OK)
    fail();
}

} // namespace callboard::store
