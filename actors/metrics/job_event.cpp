#include "actors/metrics/job_event.hpp"

namespace callboard {

namespace {

// One overload per kind of event; settled events go on to their action.
struct teller {
  observer& to;

  void operator()(const event::leased&) const {}

  void operator()(const event::started& x) const { to.job_started(x.facts); }

  void operator()(const event::settled& x) const {
    std::visit([&](const auto& action) { settled(x, action); }, x.action);
  }

  void operator()(const event::fenced& x) const { to.outcome_fenced(x.facts); }

  void operator()(const event::hung& x) const {
    to.handler_hung(x.facts, x.ran);
  }

  void operator()(const event::queue_empty& x) const {
    to.queue_is_empty(x.queue);
  }

  void operator()(const event::worker_failed& x) const {
    to.worker_error(x.queue, x.what);
  }

  void operator()(const event::reclaimed& x) const {
    to.jobs_reclaimed(x.count, x.nodes);
  }

private:
  void settled(const event::settled& x, const completed&) const {
    to.job_completed(x.facts, x.took);
  }

  void settled(const event::settled& x, const retried& action) const {
    to.job_will_be_retried(x.facts, x.took, action.after, action.error);
  }

  void settled(const event::settled& x, const dead& action) const {
    to.job_moved_to_dlq(x.facts, x.took, action.error);
  }

  void settled(const event::settled& x, const rescheduled& action) const {
    to.job_rescheduled(x.facts, x.took, action.next);
  }
};

} // namespace

void tell(observer& to, const job_event& what) {
  std::visit(teller{to}, what);
}

} // namespace callboard
