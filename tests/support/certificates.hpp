#pragma once

#include "actors/cluster/tls_files.hpp"

#include <string>

namespace callboard::tests {

/// A certificate authority in a temporary folder, made by `openssl`.
class authority {
public:
  authority();
  ~authority();

  authority(const authority&) = delete;
  authority& operator=(const authority&) = delete;

  /// A new key and a certificate for this DNS name (also for the addresses
  /// 127.0.0.1 to 127.0.0.4); `days` may be negative: then it has expired.
  tls_files issue(const std::string& name, int days = 2) const;

  const std::string& folder() const noexcept { return folder_; }

private:
  std::string folder_;
};

} // namespace callboard::tests
