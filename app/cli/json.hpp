#pragma once

#include "store/model/status.hpp"

#include <boost/json/fwd.hpp>

#include <iosfwd>
#include <optional>

/// What `--json` prints; docs/commands.md lists the keys. Moments are RFC 3339
/// text, spans are seconds, missing things are null.
namespace callboard::app {

/// Without the arg, unless `with_arg`: then as "arg" when it is text, else as
/// "arg_base64".
boost::json::object to_json(const job_info& what, bool with_arg);
boost::json::object to_json(const dead_letter& what, bool with_arg);
boost::json::object to_json(const queue_counts& what);
boost::json::object to_json(const node_info& what, time_point now);

/// One document in one line.
void print(std::ostream& out, const boost::json::value& document);

} // namespace callboard::app
