#include "store/postgres/postgres_store.hpp"

#include "store/postgres/enqueue_jobs.hpp"
#include "store/postgres/statements/connection.hpp"
#include "store/postgres/statements/enqueue.hpp"
#include "store/postgres/statements/people.hpp"
#include "store/sql/moment.hpp"
#include "store/sql/texts.hpp"

#include <utility>

namespace callboard::store {

namespace {

parameters names(const std::vector<std::string>& queues) {
  parameters values;
  values.add(std::vector<std::string_view>{queues.begin(), queues.end()});
  return values;
}

} // namespace

postgres_store::postgres_store(std::unique_ptr<postgres_connection> connection,
                               const database_options& options,
                               former_connections_ptr former,
                               own_session past_pooler)
    : connection_{std::move(connection)}, options_{options},
      former_{std::move(former)}, past_pooler_{std::move(past_pooler)} {}

postgres_store::~postgres_store() {
  if (helped_ && process_)
    former_->left(*helped_, *process_);
}

result<void> postgres_store::enqueue(const std::vector<new_job>& jobs) {
  auto stored = enqueue_and_wake(jobs, {});
  return stored ? result<void>{} : stored.error();
}

result<bool>
postgres_store::enqueue_and_wake(const std::vector<new_job>& jobs,
                                 const std::vector<std::string>& queues) {
  if (jobs.empty())
    return error{errc::empty_bulk, "enqueue wants at least one job"};
  auto stored = guarded([&] {
    if (jobs.size() == 1)
      return insert(postgres::enqueue_one,
                    enqueue_values(jobs.front(), clock()), queues);
    std::size_t from = 0;
    auto values = enqueue_chunk(jobs, from, clock());
    if (from == jobs.size())
      return insert(postgres::enqueue, values, queues);
    postgres_transaction tx{*connection_};
    connection_->repeat(postgres::enqueue, values);
    while (from < jobs.size())
      connection_->repeat(postgres::enqueue,
                          enqueue_chunk(jobs, from, clock()));
    tx.commit();
    return false;
  });
  if (!stored && stored.error().code == errc::commit_unknown)
    return enqueue_unknown(stored.error());
  return stored;
}

// Answers whether the queues will hear of it.
bool postgres_store::insert(const char* sql, const parameters& jobs,
                            const std::vector<std::string>& queues) {
  if (queues.empty() || !connection_->keeps_statements()) {
    connection_->repeat(sql, jobs);
    return false;
  }
  connection_->repeat_and_send(sql, jobs, postgres::wake, names(queues));
  return true;
}

result<void> postgres_store::wake(const std::vector<std::string>& queues) {
  if (queues.empty())
    return {};
  return guarded([&] { connection_->repeat(postgres::wake, names(queues)); });
}

result<time_point> postgres_store::now() {
  return guarded([&] { return database_now(); });
}

result<std::optional<duration>> postgres_store::server_age() {
  return guarded([&] {
    auto age = connection_->query(postgres::server_age).number(0, 0);
    return std::optional<duration>{age};
  });
}

result<void> postgres_store::look() {
  return guarded([&] { connection_->check_alive(); });
}

time_point postgres_store::database_now() {
  return connection_->query(postgres::now, parameters{}.add(clock()))
      .moment(0, 0);
}

std::optional<std::int64_t> postgres_store::clock() const {
  if (!options_.clock)
    return std::nullopt;
  return to_micros(options_.clock());
}

} // namespace callboard::store
