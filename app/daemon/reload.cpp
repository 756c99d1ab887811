#include "app/daemon/reload.hpp"

#include "app/daemon/words.hpp"

namespace callboard::app {

namespace {

bool same(const database_options& a, const database_options& b) {
  return a.schema == b.schema && a.auto_migrate == b.auto_migrate
         && a.must_exist == b.must_exist
         && a.connect_timeout == b.connect_timeout
         && a.statement_timeout == b.statement_timeout && a.durable == b.durable
         && a.arg_limit == b.arg_limit;
}

bool same(const std::optional<config::endpoint>& a,
          const std::optional<config::endpoint>& b) {
  if (!a || !b)
    return a.has_value() == b.has_value();
  return a->host == b->host && a->port == b->port;
}

// Of what is not taken over by a reload: certificates and rules are.
bool same(const std::optional<cluster_options>& a,
          const std::optional<cluster_options>& b) {
  if (!a || !b)
    return a.has_value() == b.has_value();
  return a->listen == b->listen && a->advertise == b->advertise
         && a->tls.has_value() == b->tls.has_value()
         && a->plaintext == b->plaintext && a->silence == b->silence;
}

bool same(const std::optional<config::join_settings>& a,
          const std::optional<config::join_settings>& b) {
  if (!a || !b)
    return a.has_value() == b.has_value();
  return a->nodes == b->nodes && a->silence == b->silence
         && a->tls.has_value() == b->tls.has_value();
}

bool same(const client_options& a, const client_options& b) {
  return a.node_name == b.node_name && a.hung_grace == b.hung_grace
         && a.heartbeat == b.heartbeat
         && a.reclaim_interval == b.reclaim_interval
         && a.silence_limit == b.silence_limit && a.max_crashes == b.max_crashes
         && a.settle_connections == b.settle_connections
         && same(a.cluster, b.cluster);
}

} // namespace

std::vector<std::string> needs_restart(const config::settings& running,
                                       const config::settings& wanted) {
  std::vector<std::string> places;
  if (running.database_url != wanted.database_url
      || !same(running.database, wanted.database))
    places.emplace_back("/database");
  if (!same(running.http, wanted.http))
    places.emplace_back("/http/listen");
  if (!same(running.node, wanted.node) || !same(running.join, wanted.join))
    places.emplace_back("/node");
  if (running.node.shutdown_grace != wanted.node.shutdown_grace)
    places.emplace_back("/shutdown_grace");
  if (running.log.format != wanted.log.format)
    places.emplace_back("/log/format");
  return places;
}

void tell_upgrade(const log_writer& log, const std::string& file,
                  std::size_t queues, const result<drain_report>& done) {
  if (!done && done.error().code == errc::closed)
    return;
  auto taken = "reloaded " + file + ": " + many(queues, "queue");
  if (!done)
    log.error(file + " was not taken: " + done.error().message
              + "; nothing has changed");
  else if (!done->drained)
    log.warning(taken + "; jobs of the old workers still run: "
                + join(done->still_running));
  else
    log.info(taken + "; the old workers have ended");
}

} // namespace callboard::app
