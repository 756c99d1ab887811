#include "store/postgres/postgres_store.hpp"
#include "store/postgres/statements/membership.hpp"
#include "store/sql/texts.hpp"

#include <utility>

namespace callboard::store {

result<reclaim_report> postgres_store::reclaim(const reclaim_rule& rule) {
  return guarded([&] {
    reclaim_report report;
    parameters values;
    values.add(member_.value_or(0)).add(clock());
    values.add(rule.silence.count()).add(rule.grace.count());
    values.add(rule.watched.count());
    auto found = connection_->change(postgres::look_at_nodes, values);
    std::vector<std::int64_t> dead;
    for (int i = 0; i < found.size(); ++i)
      if (found.number(i, 1) != 0)
        dead.push_back(found.number(i, 0));
      else
        ++report.missed;
    if (dead.empty())
      return report;
    postgres_transaction tx{*connection_};
    auto nodes = delete_dead(dead, rule, report);
    // A later statement of the transaction, so that it sees the leases of
    // whoever held the node's row until its deletion went through.
    if (!nodes.empty())
      free_jobs(nodes, rule.max_crashes, report);
    tx.commit();
    return report;
  });
}

std::vector<postgres_store::dead_node>
postgres_store::delete_dead(const std::vector<std::int64_t>& ids,
                            const reclaim_rule& rule, reclaim_report& report) {
  parameters values;
  values.add(ids).add(clock());
  values.add(rule.silence.count()).add(rule.grace.count());
  values.add(rule.watched.count());
  auto gone = connection_->query(postgres::delete_dead_nodes, values);
  std::vector<dead_node> nodes;
  for (int i = 0; i < gone.size(); ++i) {
    auto id = gone.number(i, 0);
    auto name = gone.text(i, 1);
    auto ended = gone.number(i, 3) != 0;
    auto cause
        = ended
              ? worker_died_text(name, id, connection_ended, gone.moment(i, 4))
              : worker_died_text(name, id, silent_too_long, gone.moment(i, 5));
    nodes.push_back({id, std::move(cause), gone.number(i, 2)});
    report.nodes.push_back(std::move(name));
  }
  return nodes;
}

void postgres_store::free_jobs(const std::vector<dead_node>& nodes,
                               std::optional<std::int32_t> max_crashes,
                               reclaim_report& report) {
  std::vector<std::int64_t> ids, knows;
  std::vector<std::string_view> causes;
  for (const auto& one : nodes) {
    ids.push_back(one.id);
    causes.push_back(one.cause);
    knows.push_back(one.knows);
  }
  parameters values;
  values.add(ids).add(causes).add(clock());
  auto free = values;
  free.add(std::int64_t{max_crashes.has_value()}).add(knows);
  connection_->query(postgres::lock_orphans, free);
  if (max_crashes) {
    auto bury = values;
    bury.add(std::int64_t{*max_crashes}).add(knows);
    auto dead = connection_->query(postgres::bury_orphans, bury);
    for (int i = 0; i < dead.size(); ++i)
      report.dead.push_back(dead.job_at(i, 0));
  }
  auto freed = connection_->query(postgres::free_orphans, free);
  report.freed += static_cast<std::size_t>(freed.changed());
  connection_->query(postgres::delete_node_rows, parameters{}.add(ids));
}

result<void> postgres_store::leave() {
  if (!member_)
    return {};
  return guarded([&] {
    postgres_transaction tx{*connection_};
    auto gone = connection_->query(postgres::delete_node,
                                   parameters{}.add(*member_).add(clock()));
    if (gone.size() > 0) {
      // No job has killed it, so that none is to blame.
      reclaim_report ignored;
      auto text = worker_died_text(gone.text(0, 1), *member_, left_with_jobs,
                                   gone.moment(0, 3));
      free_jobs({{*member_, std::move(text), gone.number(0, 2)}}, std::nullopt,
                ignored);
    }
    tx.commit();
    connection_->query(postgres::unlock, parameters{}.add(*member_));
    former_->unlocked(*member_);
    member_.reset();
  });
}

} // namespace callboard::store
