#include "store/model/job.hpp"

namespace callboard {

const char* to_string(job_state state) noexcept {
  switch (state) {
  case job_state::waiting:
    return "waiting";
  case job_state::delayed:
    return "delayed";
  case job_state::running:
    return "running";
  case job_state::suspect:
    return "suspect";
  case job_state::dead:
    return "dead";
  }
  return "unknown";
}

} // namespace callboard
