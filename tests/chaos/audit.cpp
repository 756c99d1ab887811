#include "tests/chaos/audit.hpp"

#include "store/postgres/conninfo.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <array>
#include <string_view>

namespace callboard::chaos {

namespace {

// `what` holds the names of change::kind. The order of the identities is the
// order of the changes of one row, whose lock lasts until the commit.
constexpr std::array postgres_triggers{
    R"sql(
      create table chaos_change (
        sequence bigint generated always as identity primary key,
        at bigint not null, what text not null, id text not null,
        fence bigint not null, attempt int not null, crashes int not null,
        node bigint not null, note text not null)
    )sql",
    R"sql(
      create function chaos_note(what text, id text, fence bigint, attempt int,
        crashes int, node bigint, note text) returns void language sql as $$
        insert into chaos_change (at, what, id, fence, attempt, crashes, node,
          note)
        values (floor(extract(epoch from clock_timestamp()) * 1000000),
          what, id, fence, attempt, crashes, coalesce(node, 0), note)
      $$
    )sql",
    R"sql(
      create function chaos_job() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' then
          perform chaos_note('inserted', new.id, new.fence, new.attempt,
            new.crashes, new.node, new.queue);
        elsif tg_op = 'DELETE' then
          perform chaos_note(
            case when old.state = 1 then 'gone' else 'dropped' end,
            old.id, old.fence, old.attempt, old.crashes, old.node, old.queue);
        elsif new.fence <> old.fence then
          perform chaos_note('leased', new.id, new.fence, new.attempt,
            new.crashes, new.node, new.queue);
        elsif old.state = 1 and new.state <> 1 then
          perform chaos_note(
            case
              when new.crashes > old.crashes then 'crashed'
              when not exists (
                select from callboard_node n where n.id = old.node)
                then 'orphaned'
              when new.arg <> old.arg then 'rescheduled'
              when new.attempt < old.attempt then 'released'
              else 'retried' end,
            new.id, new.fence, new.attempt, new.crashes, old.node,
            left(new.last_error, 300));
        end if;
        return null;
      end $$
    )sql",
    R"sql(
      create function chaos_dead() returns trigger language plpgsql as $$
      begin
        perform chaos_note('died', new.job_id, new.fence, new.attempt,
          new.crashes, 0, left(new.last_error, 300));
        return null;
      end $$
    )sql",
    R"sql(
      create function chaos_node() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' then
          perform chaos_note('joined', '', 0, 0, 0, new.id, new.name);
        else
          perform chaos_note('left', '', 0, 0, 0, old.id, old.name);
        end if;
        return null;
      end $$
    )sql",
    R"sql(
      create trigger chaos_job after insert or update or delete
      on callboard_job for each row execute function chaos_job()
    )sql",
    R"sql(
      create trigger chaos_dead after insert on callboard_dead_job
      for each row execute function chaos_dead()
    )sql",
    R"sql(
      create trigger chaos_node after insert or delete on callboard_node
      for each row execute function chaos_node()
    )sql",
};

// SQLite buries the jobs of a node before the node: what it takes without a
// crash shows by the error that it leaves.
constexpr std::array sqlite_triggers{
    R"sql(
      create table chaos_change (
        sequence integer primary key autoincrement,
        at integer not null
          default (cast((julianday('now') - 2440587.5) * 86400000000 as integer)),
        what text not null, id text not null default '',
        fence integer not null default 0, attempt integer not null default 0,
        crashes integer not null default 0, node integer default 0,
        note text not null default '')
    )sql",
    R"sql(
      create trigger chaos_insert after insert on callboard_job begin
        insert into chaos_change (what, id, fence, attempt, crashes, note)
        values ('inserted', new.id, new.fence, new.attempt, new.crashes,
          new.queue);
      end
    )sql",
    R"sql(
      create trigger chaos_lease after update on callboard_job
      when new.fence <> old.fence begin
        insert into chaos_change (what, id, fence, attempt, crashes, node, note)
        values ('leased', new.id, new.fence, new.attempt, new.crashes, new.node,
          new.queue);
      end
    )sql",
    R"sql(
      create trigger chaos_back after update on callboard_job
      when new.fence = old.fence and old.state = 1 and new.state <> 1 begin
        insert into chaos_change (what, id, fence, attempt, crashes, node, note)
        values (
          case
            when new.crashes > old.crashes then 'crashed'
            when new.last_error <> old.last_error
              and new.last_error like 'worker died%' then 'orphaned'
            when new.arg <> old.arg then 'rescheduled'
            when new.attempt < old.attempt then 'released'
            else 'retried' end,
          new.id, new.fence, new.attempt, new.crashes, old.node,
          substr(new.last_error, 1, 300));
      end
    )sql",
    R"sql(
      create trigger chaos_gone after delete on callboard_job begin
        insert into chaos_change (what, id, fence, attempt, crashes, node, note)
        values (case when old.state = 1 then 'gone' else 'dropped' end,
          old.id, old.fence, old.attempt, old.crashes, old.node, old.queue);
      end
    )sql",
    R"sql(
      create trigger chaos_dead after insert on callboard_dead_job begin
        insert into chaos_change (what, id, fence, attempt, crashes, note)
        values ('died', new.job_id, new.fence, new.attempt, new.crashes,
          substr(new.last_error, 1, 300));
      end
    )sql",
    R"sql(
      create trigger chaos_joined after insert on callboard_node begin
        insert into chaos_change (what, node, note)
        values ('joined', new.id, new.name);
      end
    )sql",
    R"sql(
      create trigger chaos_left after delete on callboard_node begin
        insert into chaos_change (what, node, note)
        values ('left', old.id, old.name);
      end
    )sql",
};

constexpr std::array<std::string_view, 12> kinds{
    "inserted", "leased", "crashed", "orphaned", "retried", "rescheduled",
    "released", "gone",   "dropped", "died",     "joined",  "left"};

change::kind kind_of(std::string_view name) {
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (kinds[i] == name)
      return static_cast<change::kind>(i);
  throw std::runtime_error{"unknown change " + std::string{name}};
}

constexpr std::string_view sqlite_prefix = "sqlite:";

} // namespace

std::string_view to_string(change::kind what) noexcept {
  return kinds[static_cast<std::size_t>(what)];
}

audit::audit(const std::string& url)
    : postgres_{!url.starts_with(sqlite_prefix)} {
  if (postgres_)
    // SOCI 4.0.3 spoils URLs without '='.
    session_ = std::make_unique<soci::session>(
        soci::postgresql,
        store::conninfo::parse(url, std::chrono::seconds{5}).value().text);
  else
    session_ = std::make_unique<soci::session>(
        soci::sqlite3,
        "timeout=60 dbname=" + std::string{url.substr(sqlite_prefix.size())});
}

audit::~audit() = default;

void audit::install() {
  soci::transaction all{*session_};
  auto run = [&](const auto& statements) {
    for (const auto* each : statements)
      *session_ << each;
  };
  if (postgres_)
    run(postgres_triggers);
  else
    run(sqlite_triggers);
  all.commit();
}

std::vector<change> audit::changes() {
  soci::rowset<soci::row> rows
      = (session_->prepare
         << "select cast(sequence as text), cast(at as text), what, id, "
            "cast(fence as text), cast(attempt as text), "
            "cast(crashes as text), cast(coalesce(node, 0) as text), note "
            "from chaos_change c order by c.sequence");
  std::vector<change> all;
  for (const auto& row : rows) {
    auto number = [&](std::size_t i) {
      return std::stoll(row.get<std::string>(i));
    };
    all.push_back({.sequence = number(0),
                   .at = number(1),
                   .what = kind_of(row.get<std::string>(2)),
                   .id = row.get<std::string>(3),
                   .fence = number(4),
                   .attempt = static_cast<int>(number(5)),
                   .crashes = static_cast<int>(number(6)),
                   .node = number(7),
                   .text = row.get<std::string>(8)});
  }
  return all;
}

std::vector<std::string> audit::stored() {
  soci::rowset<std::string> rows
      = (session_->prepare << "select id from callboard_job order by id");
  return {rows.begin(), rows.end()};
}

void audit::terminate(const std::string& application) {
  int count = 0;
  *session_ << "select count(pg_terminate_backend(pid)) from pg_stat_activity "
               "where application_name = :name",
      soci::use(application), soci::into(count);
}

bool audit::takes_writes() {
  try {
    *session_ << "pragma busy_timeout = 300";
    *session_ << "begin immediate";
    *session_ << "rollback";
    return true;
  } catch (const soci::soci_error&) {
    return false;
  }
}

void audit::lock() {
  session_->begin();
  *session_ << (postgres_ ? "lock table callboard_job in access exclusive mode"
                          : "update callboard_meta set value = value where 0");
}

void audit::unlock() {
  session_->rollback();
}

} // namespace callboard::chaos
