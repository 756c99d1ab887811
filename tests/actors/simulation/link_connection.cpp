#include "tests/actors/simulation/link_connection.hpp"

namespace callboard::simulation {

namespace {

class connection : public job_store {
public:
  connection(std::shared_ptr<link::shared> owner,
             std::shared_ptr<connection_line> line)
      : link_{std::move(owner)}, line_{std::move(line)} {}

  ~connection() override {
    // A connection that its owner drops is closed at once.
    line_->inner.reset();
  }

  // -- jobs in ----------------------------------------------------------------

  result<void> enqueue(const std::vector<new_job>& jobs) override {
    return call<void>("enqueue", [&] {
      auto done = store().enqueue(jobs);
      if (done)
        for (const auto& x : jobs)
          books().enqueued(x);
      return done;
    });
  }

  result<void> wake(const std::vector<std::string>& queues) override {
    return call<void>("wake", [&]() -> result<void> {
      if (link_->wire)
        link_->wire->send(queues);
      return {};
    });
  }

  // -- membership -------------------------------------------------------------

  result<incarnation> join(std::string_view name, std::string_view address,
                           std::optional<incarnation> previous) override {
    return call<incarnation>("join", [&] {
      auto done = store().join(name, address, previous);
      if (done)
        books().note("process " + std::to_string(link_->who) + " joins as "
                     + std::string{name} + ", incarnation "
                     + std::to_string(*done));
      if (done && link_->wire)
        link_->wire->tell_joined();
      return done;
    });
  }

  result<heartbeat_report>
  heartbeat(const std::vector<node_queue>& queues) override {
    return call<heartbeat_report>("heartbeat",
                                  [&] { return store().heartbeat(queues); });
  }

  result<void> leave() override {
    return call<void>("leave", [&] {
      // What it still holds is freed: nobody else's fault.
      books().give_cause(link_->who);
      books().note("process " + std::to_string(link_->who) + " leaves");
      auto done = store().leave();
      books().look_for_freed();
      return done;
    });
  }

  result<reclaim_report> reclaim(const reclaim_rule& rule) override {
    return call<reclaim_report>("reclaim", [&] {
      auto done = store().reclaim(rule);
      if (!done || done->nodes.empty())
        return done;
      for (const auto& name : done->nodes)
        books().note("process " + std::to_string(link_->who)
                     + " found node dead: " + name);
      books().look_for_freed();
      for (const auto& x : done->dead)
        books().buried(x, "reclaim");
      return done;
    });
  }

  // -- jobs out ---------------------------------------------------------------

  result<std::vector<lease_batch>>
  lease(const std::vector<lease_request>& requests) override {
    return call<std::vector<lease_batch>>(
        "lease", [&] { return entered(store().lease(requests)); });
  }

  result<std::vector<lease_batch>>
  lease_for(incarnation node,
            const std::vector<lease_request>& requests) override {
    return call<std::vector<lease_batch>>("lease_for", [&] {
      return entered(store().lease_for(node, requests));
    });
  }

  result<std::vector<lease_ref>> held() override {
    return call<std::vector<lease_ref>>("held", [&] { return store().held(); });
  }

  result<std::vector<bool>>
  start(const std::vector<lease_ref>& leases) override {
    return call<std::vector<bool>>("start",
                                   [&] { return store().start(leases); });
  }

  result<settle_report>
  settle(const std::vector<settlement>& settlements) override {
    auto done = call<settle_report>("settle", [&] {
      auto report = store().settle(settlements);
      if (report)
        for (std::size_t i = 0; i < settlements.size(); ++i)
          books().settled(link_->who, settlements[i], report->accepted[i]);
      return report;
    });
    if (!done && done.error().code == errc::commit_unknown)
      for (const auto& x : settlements)
        books().doubtful(x);
    return done;
  }

  result<std::size_t> release(const std::vector<lease_ref>& leases,
                              duration wait) override {
    return call<std::size_t>("release", [&] {
      std::vector<lease_ref> ours;
      for (const auto& x : leases) {
        auto row = link_->db->job(x.id);
        if (row && row->state == job_state::running && row->fence == x.fence)
          ours.push_back(x);
      }
      auto done = store().release(leases, wait);
      if (done)
        for (const auto& x : ours)
          books().released(x);
      return done;
    });
  }

  // -- for people -------------------------------------------------------------

  result<std::optional<job_info>> find(std::string_view id) override {
    return call<std::optional<job_info>>("find",
                                         [&] { return store().find(id); });
  }

  result<std::vector<job_info>> list(const job_filter& filter,
                                     bool with_args) override {
    return call<std::vector<job_info>>(
        "list", [&] { return store().list(filter, with_args); });
  }

  result<std::vector<queue_counts>> counts(std::int64_t cap) override {
    return call<std::vector<queue_counts>>("counts",
                                           [&] { return store().counts(cap); });
  }

  result<std::vector<node_info>> nodes() override {
    return call<std::vector<node_info>>("nodes",
                                        [&] { return store().nodes(); });
  }

  result<std::vector<cancel_answer>>
  cancel(const std::vector<std::string>& ids) override {
    return call<std::vector<cancel_answer>>("cancel", [&] {
      auto done = store().cancel(ids);
      if (!done)
        return done;
      for (std::size_t i = 0; i < ids.size(); ++i) {
        if ((*done)[i] == cancel_answer::removed)
          books().removed(ids[i]);
        else if ((*done)[i] == cancel_answer::asked)
          books().asked(ids[i]);
      }
      return done;
    });
  }

  result<std::vector<dead_letter>> dead_list(const dead_filter& filter,
                                             bool with_args) override {
    return call<std::vector<dead_letter>>(
        "dead_list", [&] { return store().dead_list(filter, with_args); });
  }

  result<std::size_t> dead_retry(const dead_filter& filter) override {
    return call<std::size_t>("dead_retry",
                             [&] { return store().dead_retry(filter); });
  }

  result<std::size_t> dead_purge(const dead_filter& filter) override {
    return call<std::size_t>("dead_purge",
                             [&] { return store().dead_purge(filter); });
  }

  // -- the connection ---------------------------------------------------------

  result<time_point> now() override {
    return call<time_point>("now", [&] { return store().now(); });
  }

  bool broken() const noexcept override {
    return link_->severed || !line_->inner || line_->inner->broken();
  }

private:
  template <class T, class F>
  result<T> call(const std::string& operation, F work) {
    return link_->call<T>(operation, line_.get(), std::move(work));
  }

  result<std::vector<lease_batch>>
  entered(result<std::vector<lease_batch>> leases) {
    if (leases)
      for (const auto& batch : *leases)
        books().leased(link_->who, batch);
    return leases;
  }

  job_store& store() { return *line_->inner; }
  ledger& books() { return link_->books; }

  std::shared_ptr<link::shared> link_;
  std::shared_ptr<connection_line> line_;
};

} // namespace

std::unique_ptr<job_store>
make_connection(std::shared_ptr<link::shared> owner,
                std::shared_ptr<connection_line> to) {
  return std::make_unique<connection>(std::move(owner), std::move(to));
}

} // namespace callboard::simulation
