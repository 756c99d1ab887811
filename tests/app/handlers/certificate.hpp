#pragma once

#include <string>

namespace callboard::app {

/// Writes a new key and a certificate for 127.0.0.1 and localhost, signed by
/// itself, as PEM files.
void write_certificate(const std::string& certificate_path,
                       const std::string& key_path);

} // namespace callboard::app
