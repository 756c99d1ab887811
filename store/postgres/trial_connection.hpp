#pragma once

#include <string>

namespace callboard::store {

/// Connects by libpq, runs a first statement, and disconnects. Throws a
/// `failure` that names `database`.
///
/// SOCI 4.0.3 runs a statement of its own as it connects, and loses a
/// connection on which that one fails: its memory and its socket, for good. A
/// pooler that is there while its server is not, or a server that ends
/// sessions, would cost a worker one with each try to come back. So after the
/// first loss the next try goes this way first.
void try_connection(const std::string& text, const std::string& database);

} // namespace callboard::store
