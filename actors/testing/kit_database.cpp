#include "actors/testing/kit_database.hpp"

#include <utility>

namespace callboard::actors {

namespace {

error crashed() {
  return {errc::database_unreachable,
          "the test kit let the process crash: nothing that it does now "
          "reaches the database"};
}

class kit_store : public job_store {
public:
  kit_store(std::unique_ptr<job_store> inner, std::shared_ptr<kit_hooks> hooks)
      : inner_{std::move(inner)}, hooks_{std::move(hooks)} {}

  result<void> enqueue(const std::vector<new_job>& jobs) override {
    if (hooks_->dying())
      return crashed();
    hooks_->checkpoint();
    auto done = inner_->enqueue(jobs);
    if (done)
      hooks_->checkpoint();
    return done;
  }

  result<void> wake(const std::vector<std::string>&) override { return {}; }

  result<time_point> now() override { return inner_->now(); }

  bool broken() const noexcept override {
    return hooks_->dying() || inner_->broken();
  }

  // -- a node that handlers can't be ------------------------------------------

  result<incarnation> join(std::string_view, std::string_view,
                           std::optional<incarnation>) override {
    return not_here();
  }
  result<heartbeat_report> heartbeat(const std::vector<node_queue>&) override {
    return not_here();
  }
  result<void> leave() override { return not_here(); }
  result<reclaim_report> reclaim(const reclaim_rule&) override {
    return not_here();
  }
  result<std::vector<bool>> start(const std::vector<lease_ref>&) override {
    return not_here();
  }
  result<std::vector<lease_batch>>
  lease(const std::vector<lease_request>&) override {
    return not_here();
  }
  result<settle_report> settle(const std::vector<settlement>&) override {
    return not_here();
  }
  result<std::size_t> release(const std::vector<lease_ref>&,
                              duration) override {
    return not_here();
  }

  // -- for people -------------------------------------------------------------

  result<std::optional<job_info>> find(std::string_view id) override {
    return inner_->find(id);
  }
  result<std::vector<job_info>> list(const job_filter& filter,
                                     bool with_args) override {
    return inner_->list(filter, with_args);
  }
  result<std::vector<queue_counts>> counts(std::int64_t cap) override {
    return inner_->counts(cap);
  }
  result<std::vector<node_info>> nodes() override { return inner_->nodes(); }
  result<std::vector<cancel_answer>>
  cancel(const std::vector<std::string>& ids) override {
    return inner_->cancel(ids);
  }
  result<std::vector<dead_letter>> dead_list(const dead_filter& filter,
                                             bool with_args) override {
    return inner_->dead_list(filter, with_args);
  }
  result<std::size_t> dead_retry(const dead_filter& filter) override {
    return inner_->dead_retry(filter);
  }
  result<std::size_t> dead_purge(const dead_filter& filter) override {
    return inner_->dead_purge(filter);
  }

private:
  static error not_here() {
    return {errc::unsupported,
            "the test kit performs jobs itself; use its own functions"};
  }

  std::unique_ptr<job_store> inner_;
  std::shared_ptr<kit_hooks> hooks_;
};

class kit_database : public database {
public:
  kit_database(database_ptr inner, kit_hooks hooks)
      : inner_{std::move(inner)}, hooks_{std::make_shared<kit_hooks>(
                                      std::move(hooks))} {}

  result<std::unique_ptr<job_store>> connect() override {
    if (hooks_->dying())
      return crashed();
    auto made = inner_->connect();
    if (!made)
      return made.error();
    return std::unique_ptr<job_store>{
        std::make_unique<kit_store>(std::move(*made), hooks_)};
  }

  bool single_writer() const noexcept override {
    return inner_->single_writer();
  }

  result<std::unique_ptr<wake_listener>> listen() override {
    return error{errc::unsupported, "the test kit has no wake-ups"};
  }

  result<schema_status> schema() override { return inner_->schema(); }
  result<schema_status> migrate() override { return inner_->migrate(); }
  const std::string& name() const noexcept override { return inner_->name(); }
  const database_options& options() const noexcept override {
    return inner_->options();
  }

private:
  database_ptr inner_;
  std::shared_ptr<kit_hooks> hooks_;
};

} // namespace

database_ptr make_kit_database(database_ptr inner, kit_hooks hooks) {
  return std::make_shared<kit_database>(std::move(inner), std::move(hooks));
}

} // namespace callboard::actors
