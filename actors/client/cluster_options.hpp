#pragma once

#include "actors/cluster/roles.hpp"
#include "actors/cluster/tls_files.hpp"
#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// How a node takes part in a cluster: it listens for other nodes, performers
/// and remote clients, and finds other nodes through the database.
struct cluster_options {
  /// What must be written in `plaintext` to listen without TLS on an address
  /// that other machines reach.
  static constexpr std::string_view plain_words
      = "I know that anybody on this network can run my jobs";

  /// "host:port"; an IPv6 address stands in brackets, port 0 lets the system
  /// choose.
  std::string listen;
  /// What other nodes dial; empty: the same.
  std::string advertise{};
  std::optional<tls_files> tls{};
  /// Who may do what. Empty: whoever has a certificate of the authority may do
  /// all.
  std::vector<allow_rule> allow{};
  std::string plaintext{};
  /// A peer from which nothing comes for so long is gone.
  duration silence = std::chrono::seconds{5};

  /// All that can be told without opening files or sockets.
  [[nodiscard]] result<void> validate() const;
};

} // namespace callboard
