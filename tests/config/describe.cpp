#include "tests/config/describe.hpp"

#include "config/duration.hpp"

#include <sstream>

namespace callboard::tests {

namespace {

using config::duration_text;

struct handler_writer {
  std::ostream& out;

  void operator()(const config::exec_settings& x) const {
    out << "exec:";
    for (auto& word : x.command)
      out << " [" << word << "]";
    out << "\nworking_directory: " << x.working_directory;
    for (auto& [name, value] : x.environment)
      out << "\nenvironment " << name << "=" << value;
    out << "\nkill_after: " << duration_text(x.kill_after)
        << "\nerror_tail: " << x.error_tail << '\n';
  }
  void operator()(const config::http_settings& x) const {
    out << "http: " << x.url << '\n';
    for (auto& [name, value] : x.headers)
      out << "header " << name << ": " << value << '\n';
    out << "ca_file: " << x.ca_file << '\n';
  }
  void operator()(const config::plugin_settings& x) const {
    out << "plugin: " << x.path << '\n';
  }
  void operator()(const config::noop_settings&) const { out << "noop\n"; }
  void operator()(const config::sleep_settings& x) const {
    out << "sleep: " << duration_text(x.time) << '\n';
  }
  void operator()(const config::echo_settings&) const { out << "echo\n"; }
  void operator()(const config::fail_settings& x) const {
    out << "fail: " << x.error
        << "\ntimes: " << (x.times ? std::to_string(*x.times) : "always")
        << '\n';
  }
};

} // namespace

std::string describe(const config::type_settings& type) {
  std::ostringstream out;
  std::visit(handler_writer{out}, type.handler);
  auto& retry = type.options.retry;
  out << "timeout: " << duration_text(type.options.timeout)
      << "\nmax_attempts: " << retry.max_attempts
      << "\nbackoff: " << static_cast<int>(retry.wait.shape)
      << "\nfirst: " << duration_text(retry.wait.first)
      << "\nlimit: " << duration_text(retry.wait.limit)
      << "\njitter: " << retry.wait.jitter << '\n';
  return out.str();
}

std::string describe(const config::settings& all) {
  std::ostringstream out;
  out << "base_directory: " << all.base_directory
      << "\ndatabase: " << all.database_url
      << "\nschema: " << all.database.schema
      << "\nauto_migrate: " << all.database.auto_migrate
      << "\nmust_exist: " << all.database.must_exist
      << "\nconnect_timeout: " << duration_text(all.database.connect_timeout)
      << "\nstatement_timeout: "
      << duration_text(all.database.statement_timeout)
      << "\ndurable: " << all.database.durable
      << "\narg_limit: " << all.database.arg_limit << '\n';
  for (auto& queue : all.queues) {
    out << "queue: " << queue.name << "\nconcurrency: " << queue.concurrency
        << "\npoll_interval: " << duration_text(queue.poll_interval) << '\n';
    if (auto& x = queue.isolation)
      out << "memory: " << x->memory
          << "\ncpu_time: " << duration_text(x->cpu_time)
          << "\nrecycle_after: " << x->recycle_after
          << "\nprocess kill_after: " << duration_text(x->kill_after) << '\n';
    for (auto& [name, type] : queue.types)
      out << "type: " << name << '\n' << describe(type);
  }
  if (all.http)
    out << "listen: " << all.http->host << " " << all.http->port << '\n';
  out << "level: " << static_cast<int>(all.log.level)
      << "\nformat: " << static_cast<int>(all.log.format)
      << "\nnode: " << all.node.node_name
      << "\nshutdown_grace: " << duration_text(all.node.shutdown_grace)
      << "\nhung_grace: " << duration_text(all.node.hung_grace)
      << "\nheartbeat: " << duration_text(all.node.heartbeat)
      << "\nreclaim_interval: " << duration_text(all.node.reclaim_interval)
      << "\nsilence_limit: " << duration_text(all.node.silence_limit)
      << "\nmax_crashes: " << all.node.max_crashes
      << "\nsettle_connections: " << all.node.settle_connections << '\n';
  if (const auto& x = all.node.cluster) {
    out << "cluster: " << x->listen << " " << x->advertise << " "
        << duration_text(x->silence) << " " << x->plaintext << '\n';
    if (x->tls)
      out << "tls: " << x->tls->certificate << " " << x->tls->key << " "
          << x->tls->ca << '\n';
    for (const auto& rule : x->allow)
      out << "allow: " << rule.name << " " << rule.may.enqueue
          << rule.may.perform << rule.may.node << '\n';
  }
  return out.str();
}

} // namespace callboard::tests
