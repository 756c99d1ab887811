#pragma once

#include "store/migrator.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

/// The tables of a program that does not exist yet.
namespace callboard::test {

/// The steps of this program, and one more.
template <std::size_t Count>
constexpr auto followed_by(const std::array<store::migration, Count>& steps,
                           store::migration last) {
  std::array<store::migration, Count + 1> all{};
  std::copy(steps.begin(), steps.end(), all.begin());
  last.version = steps.back().version + 1;
  if (last.needs == 0)
    last.needs = steps.back().needs;
  else
    last.needs = last.version;
  all.back() = last;
  return all;
}

/// Wider tables, another table, another index: nothing that older programs must
/// know. Both dialects take the text.
inline constexpr store::migration additive_step{0, "next", R"sql(
-- What the next version wants to know.
alter table callboard_job add column note text not null default '';
alter table callboard_dead_job add column note text not null default '';
alter table callboard_node add column note text not null default '';
alter table callboard_node_queue add column note text not null default '';
create index callboard_job_note on callboard_job (note) where note <> '';
create table callboard_note (
  id bigint primary key,
  note text not null
);
)sql",
                                                0};

/// Of which the same is said to be too much for older programs.
inline constexpr store::migration breaking_step{0, "apart", additive_step.text,
                                                1};

} // namespace callboard::test
