#pragma once

#include "store/sqlite/prepared.hpp"
#include "store/sqlite/statements/jobs.hpp"
#include "store/sqlite/statements/membership.hpp"
#include "store/sqlite/statements/people.hpp"

#include <string>

namespace callboard::store {

/// The prepared statements of one connection; see `sqlite/statements/` for
/// their text. Declared after the session, so that they die before it.
struct sqlite_statements {
  explicit sqlite_statements(soci::session& session) : sql{session} {}

  using text = std::string;
  using number = long long;
  template <class T>
  using maybe = std::optional<T>;

  soci::session& sql;

  prepared<
      in<text, text, text, text, text, number, number, number, number, number>>
      insert_job{sql, sqlite::insert_job};

  prepared<in<number>, out<number>> has_node{sql, sqlite::has_node};
  prepared<in<number, text, text, number, number>> insert_node{
      sql, sqlite::insert_node};
  prepared<in<text, text, number, number>> rejoin_node{sql,
                                                       sqlite::rejoin_node};
  prepared<in<number, number>> touch_node{sql, sqlite::touch_node};
  prepared<in<number, number>> miss_node{sql, sqlite::miss_node};
  prepared<in<number>> delete_node{sql, sqlite::delete_node};
  prepared<in<number>> delete_node_queues{sql, sqlite::delete_node_queues};
  prepared<in<number, text, number, number, number, number, number>>
      insert_node_queue{sql, sqlite::insert_node_queue};
  prepared<in<>, out<number, text, text, number, number, maybe<number>, number>>
      all_nodes{sql, sqlite::all_nodes};
  prepared<in<number>, out<text, number, number, number, number, number>>
      node_queues{sql, sqlite::node_queues};
  prepared<in<number>,
           out<text, text, text, text, text, number, number, number, text,
               number, number, number, number, number, number, number>>
      leased_by{sql, sqlite::leased_by};
  prepared<in<number>, out<text, number>> cancelled_leases{
      sql, sqlite::cancelled_leases};
  prepared<in<number, number, text, number>> free_job{sql, sqlite::free_job};

  prepared<in<text, number>, out<number>> due_suspect{sql, sqlite::due_suspect};
  prepared<in<text, number, number, number>, out<number>> due_jobs{
      sql, sqlite::due_jobs};
  prepared<in<text, number>, out<number>> next_priority{sql,
                                                        sqlite::next_priority};
  prepared<in<text, number>, out<number>> first_run{sql, sqlite::first_run};
  prepared<in<text>, out<number>> first_suspect{sql, sqlite::first_suspect};
  prepared<in<>, out<number>> read_fence{sql, sqlite::read_fence};
  prepared<in<number>> write_fence{sql, sqlite::write_fence};
  prepared<in<number, number, number, number, number, number>> take_job{
      sql, sqlite::take_job};
  prepared<in<number, number, number, text, number>> copy_to_dead{
      sql, sqlite::copy_to_dead};
  prepared<in<number>> delete_row{sql, sqlite::delete_row};

  prepared<in<number>, out<text, number>> held{sql, sqlite::held};

  prepared<in<text, number>, out<number>> is_leased{sql, sqlite::is_leased};
  prepared<in<text, number>> start_job{sql, sqlite::start_job};
  prepared<in<text, number>> complete_job{sql, sqlite::complete_job};
  prepared<in<text, number>, out<number, number>> leased_row{
      sql, sqlite::leased_row};
  prepared<in<number, number, text, text, number>> retry_job{sql,
                                                             sqlite::retry_job};
  prepared<in<number, number, text, number>> reschedule_job{
      sql, sqlite::reschedule_job};
  prepared<in<number, number, text, text, number>> reschedule_job_with_arg{
      sql, sqlite::reschedule_job_with_arg};
  prepared<in<number, number, text, number>> release_job{sql,
                                                         sqlite::release_job};

  using info_columns
      = out<text, text, text, text, text, number, number, number, text, number,
            number, number, number, number, number, text, number, number>;
  using dead_columns
      = out<number, text, text, text, text, text, number, number, number, text,
            number, number, number, number, number, number>;
  prepared<in<number, text>, info_columns> find_job{sql, sqlite::find_job};
  prepared<in<number, text>, dead_columns> find_dead{sql, sqlite::find_dead};
  prepared<in<number, text, maybe<text>, maybe<text>, maybe<number>,
              maybe<number>, number, number>,
           info_columns>
      list_jobs{sql, sqlite::list_jobs};
  prepared<in<number, text, maybe<text>, maybe<text>, number>, dead_columns>
      list_dead_jobs{sql, sqlite::list_dead_jobs};
  prepared<in<number, number, maybe<text>, maybe<text>, number>, dead_columns>
      list_dead{sql, sqlite::list_dead};
  prepared<in<number, text, number, maybe<text>, maybe<text>, number>,
           dead_columns>
      list_dead_of{sql, sqlite::list_dead_of};
  prepared<in<number, number>> revive_dead{sql, sqlite::revive_dead};
  prepared<in<number>> delete_dead{sql, sqlite::delete_dead};
  prepared<in<text>> cancel_job{sql, sqlite::cancel_job};
  prepared<in<text>> mark_cancelled{sql, sqlite::mark_cancelled};

  prepared<in<text, number>, out<text, number>> next_waiting_line{
      sql, sqlite::next_waiting_line};
  prepared<in<text>, out<text>> next_suspect_queue{sql,
                                                   sqlite::next_suspect_queue};
  prepared<in<number, text>, out<text>> next_leased_queue{
      sql, sqlite::next_leased_queue};
  prepared<in<text>, out<text>> next_dead_queue{sql, sqlite::next_dead_queue};
  prepared<in<text, number, number, number>, out<number>> count_waiting{
      sql, sqlite::count_waiting};
  prepared<in<text, number, number, number>, out<number>> count_delayed{
      sql, sqlite::count_delayed};
  prepared<in<text, number>, out<number, maybe<number>>> count_suspect{
      sql, sqlite::count_suspect};
  prepared<in<number, text, number>, out<number>> count_leased{
      sql, sqlite::count_leased};
  prepared<in<text, number>, out<number>> count_dead{sql, sqlite::count_dead};
};

} // namespace callboard::store
