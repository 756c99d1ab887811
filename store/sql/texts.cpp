#include "store/sql/texts.hpp"

#include "store/model/new_job.hpp"
#include "store/model/text.hpp"

namespace callboard::store {

std::string exhausted_text(std::int32_t attempts, std::string_view last_error) {
  auto text = "attempts used up (" + std::to_string(attempts) + ")";
  if (!last_error.empty())
    text.append(": ").append(last_error);
  return storable_text(text, job_limits::error_bytes);
}

std::string worker_died_text(std::string_view node, std::string_view cause,
                             std::int32_t attempt) {
  std::string text{"worker died: node '"};
  text.append(node).append("' (").append(cause);
  text.append(") during attempt ").append(std::to_string(attempt));
  return text;
}

error enqueue_unknown(const error& why) {
  return {why.code,
          why.message
              + "; enqueue again with the same id: job_already_exists then says"
                " that it was stored"};
}

error not_joined(std::string_view database) {
  return {errc::incarnation_lost,
          "lease from " + std::string{database}
              + ": this connection did not join as a node; join first"};
}

error declared_dead(std::string_view database, incarnation id) {
  return {errc::incarnation_lost,
          std::string{database} + ": node incarnation " + std::to_string(id)
              + " was declared dead and its leases belong to others now; join"
                " again"};
}

} // namespace callboard::store
