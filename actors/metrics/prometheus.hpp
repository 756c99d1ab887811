#pragma once

#include <memory>
#include <string>

namespace prometheus {
class Collectable;
} // namespace prometheus

namespace callboard {

class metrics_source;

/// The numbers of a node for a `prometheus::Exposer` or registry of the
/// user's own. docs/events.md lists the names.
std::shared_ptr<prometheus::Collectable>
make_collectable(std::shared_ptr<const metrics_source> source);

/// The same in Prometheus's text format, version 0.0.4.
std::string prometheus_text(const metrics_source& source);

} // namespace callboard
