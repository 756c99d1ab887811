#pragma once

#include <string>

namespace callboard {

/// PEM files: the certificate of this process (with its chain), its key, and
/// the authorities whose certificates it trusts.
struct tls_files {
  std::string certificate;
  std::string key;
  std::string ca;

  friend bool operator==(const tls_files&, const tls_files&) = default;
};

} // namespace callboard
