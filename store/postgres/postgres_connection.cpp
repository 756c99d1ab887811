#include "store/postgres/postgres_connection.hpp"

#include "store/postgres/guard.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace callboard::store {

namespace {

void ignore_notice(void*, const char*) {}

std::string milliseconds(duration value) {
  auto count = std::chrono::ceil<std::chrono::milliseconds>(value).count();
  return std::to_string(count);
}

// How long to wait for a server that ends its statements after `limit`: it
// does so first, unless it is gone.
duration patience_for(duration limit) {
  using std::chrono::seconds;
  return limit + std::clamp<duration>(limit / 2, seconds{1}, seconds{5});
}

// How the server ends what we forgot: nothing waits for ever, and a dead
// machine's locks go within seconds. It does not do so behind a local socket.
std::string settings(const database_options& options, const std::string& set) {
  auto wait = milliseconds(options.statement_timeout);
  auto text = set + "statement_timeout = " + wait + set + "lock_timeout = "
              + wait + set + "idle_in_transaction_session_timeout = " + wait
              + set + "client_min_messages = warning" + set
              + "jit = off"
              // A plan made while the tables were small must stay good.
              + set + "enable_seqscan = off";
  if (!options.schema.empty())
    text += set + "search_path to " + quoted_name(options.schema);
  return text;
}

std::string session_settings(const database_options& options,
                             PGconn* connection) {
  // Planned once: to plan a lease takes longer than a lease of one job.
  auto text = settings(options, "; set ")
              + "; set plan_cache_mode = force_generic_plan";
  // A session of ours may have nothing to do for long: it waits for wake-ups.
  constexpr int knows_idle_sessions = 140000;
  if (PQserverVersion(connection) >= knows_idle_sessions)
    text += "; set idle_session_timeout = 0";
  const char* host = PQhost(connection);
  if (host && *host && *host != '/')
    text += "; set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2"
            "; set tcp_keepalives_count = 3";
  return text;
}

} // namespace

std::string quoted_name(const std::string& name) {
  std::string text{"\""};
  for (char c : name)
    text.append(c == '"' ? 2 : 1, c);
  return text + "\"";
}

pg_conn* native(soci::session& session) {
  auto* backend = session.get_backend();
  return static_cast<soci::postgresql_session_backend*>(backend)->conn_;
}

postgres_connection::postgres_connection(std::unique_ptr<soci::session> session,
                                         std::string name,
                                         const database_options& options,
                                         std::optional<instant> end,
                                         pooling pooler)
    : session_{std::move(session)}, name_{std::move(name)},
      native_{store::native(*session_)}, patience_{patience_for(
                                             options.statement_timeout)},
      end_{end}, pooled_{pooler == pooling::transaction} {
  PQsetNoticeProcessor(native_, &ignore_notice, nullptr);
  PQsetnonblocking(native_, 1);
  if (pooled_) {
    begin_ += settings(options, "; set local ");
    return;
  }
  if (pooler == pooling::none)
    refuse_unnamed_pooler();
  run(session_settings(options, native_));
}

postgres_connection::~postgres_connection() {
  // Not with a reset, in which the server could miss what was sent last.
  try {
    collect();
  } catch (const std::exception&) {
    // It was told to nobody that it would be done.
  }
}

// A pooler can't know which process will serve us, and makes a number up.
// Before anything is set: that would stay behind for the pooler's next client.
void postgres_connection::refuse_unnamed_pooler() {
  auto answer = execute("select pg_backend_pid()", nullptr);
  if (std::atoi(PQgetvalue(answer.native(), 0, 0)) == PQbackendPID(native_))
    return;
  throw failure{
      {errc::invalid_config,
       name_
           + " is reached through a connection pooler: say its mode in the"
             " database URL, as ?pooler=session or"
             " ?pooler=transaction&direct=HOST:PORT with the server behind it,"
             " or connect to the server itself"}};
}

// Behind a transaction pooler no statement stands alone: its settings must
// reach the same session of the server.
template <class Work>
rows postgres_connection::settled_by(Work work) {
  collect();
  if (!pooled_ || in_transaction())
    return work();
  postgres_transaction tx{*this};
  auto answer = work();
  tx.commit();
  return answer;
}

rows postgres_connection::query(const char* sql, const parameters& values) {
  return settled_by([&] { return execute(sql, &values); });
}

template <class Work>
rows postgres_connection::changed_by(Work work) {
  collect();
  if (in_transaction())
    return work();
  check_alive();
  try {
    return work();
  } catch (const failure& what) {
    if (!broken_ || what.code() != errc::database_unreachable)
      throw;
    throw failure{
        {errc::commit_unknown,
         what.why().message + "; whether the change was stored is unknown"}};
  }
}

rows postgres_connection::change(const char* sql, const parameters& values) {
  return changed_by(
      [&] { return settled_by([&] { return execute(sql, &values); }); });
}

rows postgres_connection::repeat(const char* sql, const parameters& values) {
  if (pooled_)
    return change(sql, values);
  collect();
  const auto& name = prepared(sql, values);
  return changed_by([&] { return answer_to(send(name, values)); });
}

rows postgres_connection::repeat_and_send(const char* sql,
                                          const parameters& values,
                                          const char* later,
                                          const parameters& later_values) {
  collect();
  const auto& first = prepared(sql, values);
  const auto& second = prepared(later, later_values);
  return changed_by([&] {
    if (!PQenterPipelineMode(native_))
      lost(PQerrorMessage(native_));
    uncollected_ = instant::max();
    // Each with the end of its own transaction.
    return answer_to(send(first, values) && PQpipelineSync(native_)
                     && send(second, later_values) && PQpipelineSync(native_));
  });
}

int postgres_connection::send(const std::string& prepared,
                              const parameters& values) {
  return PQsendQueryPrepared(native_, prepared.c_str(), values.size(),
                             values.values(), values.lengths(),
                             values.formats(), 1);
}

const std::string& postgres_connection::prepared(const char* sql,
                                                 const parameters& values) {
  auto known = prepared_.find(sql);
  if (known != prepared_.end())
    return known->second;
  auto name = "callboard_" + std::to_string(prepared_.size());
  answer_to(
      PQsendPrepare(native_, name.c_str(), sql, values.size(), values.types()));
  return prepared_.emplace(sql, std::move(name)).first->second;
}

void postgres_connection::run(const std::string& sql) {
  collect();
  execute(sql.c_str(), nullptr);
}

void postgres_connection::begin() {
  run(begin_);
}

void postgres_connection::commit() {
  // A commit after a swallowed error would be a silent rollback.
  if (PQtransactionStatus(native_) == PQTRANS_INERROR) {
    rollback();
    throw failure{
        {errc::internal, name_ + ": commit of a transaction that has failed"}};
  }
  try {
    run("commit");
  } catch (const failure& what) {
    if (!broken_)
      throw;
    throw failure{{errc::commit_unknown,
                   what.why().message
                       + "; whether the transaction was stored is unknown"}};
  }
}

void postgres_connection::rollback() noexcept {
  if (broken_ || !in_transaction())
    return;
  try {
    run("rollback");
  } catch (const std::exception&) {
    broken_ = true;
  }
}

bool postgres_connection::in_transaction() const noexcept {
  return PQtransactionStatus(native_) != PQTRANS_IDLE;
}

rows postgres_connection::execute(const char* sql, const parameters* values) {
  return answer_to(values ? PQsendQueryParams(native_, sql, values->size(),
                                              values->types(), values->values(),
                                              values->lengths(),
                                              values->formats(), 1)
                          : PQsendQuery(native_, sql));
}

} // namespace callboard::store
