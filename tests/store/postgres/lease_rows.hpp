#pragma once

#include <soci/soci.h>

#include <string>

namespace callboard::test {

/// What must hold on PostgreSQL between any two statements: each leased job is
/// found by its holder or by the row of its lease, that row counts how many it
/// still leases, and no job that waits is left out of the line. Names the first
/// one for which it does not; empty when all is well.
inline std::string broken_lease_rows(soci::session& sql) {
  std::string found;
  soci::indicator known = soci::i_null;
  sql << R"sql(
    select min(x.what)
    from (
      select j.id || ' is not found by its lease' as what
      from callboard_job j
      where j.state = 1 and j.holder is null and not exists (
        select
        from callboard_lease l
        where l.number = j.lease and l.queue = j.queue and l.node = j.node
          and j.id = any(l.ids))
      union all
      select j.id || ' has the wrong holder'
      from callboard_job j
      where j.state = 1 and (j.holder <> j.node or j.holder > 0 and j.lease > 0)
      union all
      select 'a lease of ' || l.queue || ' counts ' || l.remaining || ' for '
        || c.jobs
      from callboard_lease l
      cross join lateral (
        select count(*) as jobs
        from callboard_job j
        where j.state = 1 and j.lease = l.number and j.queue = l.queue) c
      where l.remaining <> c.jobs
      union all
      select j.id || ' waits and has a holder'
      from callboard_job j
      where j.state <> 1 and j.holder is not null
      union all
      select j.id || ' stands in the wrong line'
      from callboard_job j
      where j.state <> 1
        and (j.state = 2) <> (j.crashes > 0 and not j.cancelled)) x
  )sql",
      soci::into(found, known);
  return known == soci::i_ok ? found : std::string{};
}

} // namespace callboard::test
