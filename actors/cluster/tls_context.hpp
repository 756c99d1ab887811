#pragma once

#include "actors/cluster/tls_files.hpp"
#include "store/model/error.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace callboard::actors {

using tls_context_ptr = std::shared_ptr<boost::asio::ssl::context>;

/// TLS 1.3, certificates of both sides, no resumption. Everything about the
/// files is checked here; the errors name the file.
result<tls_context_ptr> make_tls_context(const tls_files& files);

/// The names in the peer's certificate: its DNS names, else its common name.
std::vector<std::string> peer_names(SSL* connection);

} // namespace callboard::actors
