#pragma once

#include "actors/client/client.hpp"
#include "actors/client/node.hpp"
#include "actors/client/session_pool.hpp"
#include "actors/client/wake_relay.hpp"
#include "actors/metrics/watched_counters.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callboard {

/// What a client is made of. Thread-safe, as it is.
struct client::impl {
  impl(database_ptr database, client_options settings)
      : db{std::move(database)}, options{std::move(settings)},
        sessions{db, options.enqueue_timeout} {}

  database_ptr db;
  client_options options;
  std::shared_ptr<actors::watched_counters> numbers
      = std::make_shared<actors::watched_counters>();
  actors::session_pool sessions;

  mutable std::mutex mutex;
  std::condition_variable closed_by_other;
  std::shared_ptr<actors::node> node;
  bool closing = false;
  std::optional<drain_report> closed;

  // Last, since its thread uses the others.
  actors::wake_relay relay{[this](const std::vector<std::string>& queues) {
    tell_others(queues);
  }};

  std::shared_ptr<actors::node> running_node() const {
    std::lock_guard lock{mutex};
    return node;
  }

  bool is_closed() const {
    std::lock_guard lock{mutex};
    return closing;
  }

  static error closed_error() {
    return {errc::closed, "the client was closed; make a new one"};
  }

  bool tells_others() const { return options.wake_others && !numbers->alone; }

  // -- client_jobs.cpp --------------------------------------------------------

  result<std::vector<std::string>> enqueue(std::vector<new_job> jobs,
                                           const std::string& request_id);
  result<std::vector<cancel_answer>>
  cancel(const std::vector<std::string>& ids);
  result<void> store(const std::vector<new_job>& jobs);
  void wake_own(const std::vector<new_job>& jobs);
  void tell_others(const std::vector<std::string>& queues);

  // -- client.cpp -------------------------------------------------------------

  actors::cluster_services services();
  result<drain_report> upgrade(std::vector<worker_config> configs);
  drain_report close(duration grace);
};

} // namespace callboard
