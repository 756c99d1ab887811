#pragma once

#include <string>

namespace callboard {

/// A new UUIDv7 (RFC 9562, section 5.7) as 36 lower-case characters: 48 bits
/// of milliseconds, then random bits, so that ids made later sort later and
/// index pages fill in order. Within one process and millisecond the ids grow,
/// too (method 1 of section 6.2). Thread-safe.
std::string new_job_id();

/// A random request id: 32 lower-case hexadecimal characters. Thread-safe.
std::string new_request_id();

} // namespace callboard
