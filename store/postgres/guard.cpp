#include "store/postgres/guard.hpp"

#include <soci/soci.h>

#include <libpq-fe.h>

#include <initializer_list>
#include <new>

namespace callboard::store {

namespace {

std::string_view field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text ? text : "";
}

// From "Key (id)=(a1) already exists."; the words around may be translated.
std::string stored_id(std::string_view detail) {
  constexpr std::string_view begin = "(id)=(";
  auto from = detail.find(begin);
  auto to = detail.rfind(')');
  if (from == detail.npos || to == detail.npos || to < from + begin.size())
    return "with an id of this bulk";
  from += begin.size();
  return "'" + std::string{detail.substr(from, to - from)} + "'";
}

bool has_any(std::string_view text,
             std::initializer_list<std::string_view> parts) {
  for (auto part : parts)
    if (text.find(part) != text.npos)
      return true;
  return false;
}

// One line, without what libpq puts around it.
std::string trimmed(std::string_view text) {
  constexpr std::string_view soci_says
      = "Cannot establish connection to the database.";
  if (text.starts_with(soci_says))
    text.remove_prefix(soci_says.size());
  std::string line;
  for (char c : text)
    line.push_back(c == '\n' || c == '\t' ? ' ' : c);
  auto from = line.find_first_not_of(' ');
  auto to = line.find_last_not_of(' ');
  return from == line.npos ? "no reason given"
                           : line.substr(from, to - from + 1);
}

} // namespace

error postgres_error(std::string_view database, const pg_result* result) {
  std::string subject{database};
  auto state = field(result, PG_DIAG_SQLSTATE);
  auto text = std::string{field(result, PG_DIAG_MESSAGE_PRIMARY)};
  auto is = [&](std::initializer_list<std::string_view> states) {
    for (auto one : states)
      if (state == one)
        return true;
    return false;
  };
  if (state == "23505" && field(result, PG_DIAG_TABLE_NAME) == "callboard_job")
    return {errc::job_already_exists,
            "job " + stored_id(field(result, PG_DIAG_MESSAGE_DETAIL))
                + " is stored already"};
  if (state.starts_with("08") || is({"57P01", "57P02", "57P03", "57P05"}))
    return lost_connection(database, text);
  if (is({"53300", "53400"}))
    return {errc::database_busy,
            subject + " has no connection left (" + text
                + "): raise max_connections, or run fewer nodes"};
  if (state == "53100")
    return {errc::database_full,
            subject + " is out of disk space: " + text + "; free some space"};
  if (is({"55P03", "57014", "40P01", "40001", "53200"}))
    return {errc::database_busy, subject + " could not serve in time (" + text
                                     + "): try again, and look for locks in"
                                       " pg_stat_activity"};
  if (state == "25006")
    return {errc::database_read_only, subject + " is read-only (" + text
                                          + "): connect to the primary server"};
  if (state == "42501" || state.starts_with("28"))
    return {errc::permission_denied,
            subject + ": " + text
                + "; grant the user its rights on the callboard tables and"
                  " their schema"};
  if (is({"42P01", "42703", "3F000"}))
    return {errc::schema_outdated,
            subject + " has no callboard tables of this version (" + text
                + "): run `callboard migrate`"};
  if (state == "25P02")
    return {errc::database_error,
            subject
                + ": an earlier statement of this transaction failed; roll it"
                  " back and start again"};
  return {errc::database_error,
          subject + ": " + text + " (SQLSTATE " + std::string{state} + ")"};
}

error connect_error(std::string_view database, std::string_view text) {
  std::string subject{database};
  auto reason = trimmed(text);
  if (has_any(reason, {"authentication failed", "no password supplied",
                       "no pg_hba.conf entry", "permission denied",
                       "is not permitted to log in"})
      || (has_any(reason, {"role \""}) && has_any(reason, {"does not exist"})))
    return {errc::permission_denied,
            subject + ": " + reason
                + "; check user, password and the server's pg_hba.conf"};
  if (has_any(reason, {"too many clients", "connection slots are reserved",
                       "too many connections"}))
    return {errc::database_busy,
            subject + " has no connection left (" + reason
                + "): raise max_connections, or run fewer nodes"};
  return {errc::database_unreachable,
          subject + " can't be reached (" + reason
              + "): check that the server runs and that host, port and"
                " database are right"};
}

error lost_connection(std::string_view database, std::string_view text) {
  return {errc::database_unreachable,
          "the connection to " + std::string{database} + " broke ("
              + trimmed(text) + "): check that the server runs"};
}

error exception_error(std::string_view database) {
  try {
    throw;
  } catch (const failure& what) {
    return what.why();
  } catch (const soci::soci_error& what) {
    return connect_error(database, what.get_error_message());
  } catch (const std::bad_alloc&) {
    return {errc::database_error,
            std::string{database} + ": out of memory; lease smaller batches"};
  } catch (const std::exception& what) {
    return {errc::internal, std::string{database} + ": " + what.what()};
  }
}

} // namespace callboard::store
