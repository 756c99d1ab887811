#pragma once

#include <cstdint>
#include <string>

/// What the two ends of a link say first. These structs cross processes: a
/// published one never changes; add another with the next number.
namespace callboard::wire {

/// As what the sender of a hello takes part.
enum class peer_kind : std::uint8_t { node = 1, performer = 2, client = 3 };

/// The first message each way. The dialling end sends it first.
struct hello_v1 {
  /// The versions of the conversation that the sender speaks; see
  /// `own_versions`.
  std::uint16_t lowest = 0;
  std::uint16_t highest = 0;
  /// A `peer_kind`.
  std::uint8_t kind = 0;
  /// "callboard 0.1.0".
  std::string program;
  std::string name;
  /// New at every start of the process.
  std::string incarnation;
};

/// The last message of an end that hangs up, with the reason for a person.
struct refused_v1 {
  std::string why;
};

template <class Inspector>
auto inspect(Inspector& f, hello_v1& x) {
  return f(x.lowest, x.highest, x.kind, x.program, x.name, x.incarnation);
}

template <class Inspector>
auto inspect(Inspector& f, refused_v1& x) {
  return f(x.why);
}

} // namespace callboard::wire
