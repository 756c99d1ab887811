#include "actors/handler/job_call.hpp"

namespace callboard {

namespace {

struct to_answer {
  job_answer operator()(const completed&) const { return {}; }

  job_answer operator()(const retried& x) const {
    return {.result = job_answer::retried,
            .after_us = x.after.count(),
            .error = x.error};
  }

  job_answer operator()(const failed& x) const {
    return {.result = job_answer::failed, .error = x.error};
  }

  job_answer operator()(const dead& x) const {
    return {.result = job_answer::dead, .error = x.error};
  }

  job_answer operator()(const rescheduled& x) const {
    job_answer result{.result = job_answer::rescheduled};
    if (const auto* after = std::get_if<duration>(&x.next)) {
      result.after_us = after->count();
    } else {
      const auto& cron = std::get<cron_schedule>(x.next);
      result.result = job_answer::rescheduled_by_cron;
      result.cron_expression = cron.expression;
      result.cron_zone = cron.zone;
    }
    result.has_arg = x.arg.has_value();
    result.arg = x.arg.value_or("");
    return result;
  }
};

} // namespace

job_answer answer(const outcome& what) {
  return std::visit(to_answer{}, what);
}

job_answer decline(duration wait) {
  return {.result = job_answer::declined, .after_us = wait.count()};
}

outcome to_outcome(const job_answer& what) {
  auto arg = what.has_arg ? std::optional{what.arg} : std::nullopt;
  switch (what.result) {
  case job_answer::completed:
    return completed{};
  case job_answer::retried:
    return retried{duration{what.after_us}, what.error};
  case job_answer::failed:
    return failed{what.error};
  case job_answer::dead:
    return dead{what.error};
  case job_answer::rescheduled:
    return rescheduled{duration{what.after_us}, std::move(arg)};
  case job_answer::rescheduled_by_cron:
    return rescheduled{cron_schedule{what.cron_expression, what.cron_zone},
                       std::move(arg)};
  default:
    return failed{"the handler actor gave an answer of an unknown kind ("
                  + std::to_string(what.result) + ")"};
  }
}

job_call make_job_call(const leased_job& work, duration timeout) {
  return {.id = work.value.id,
          .queue = work.value.queue,
          .type = work.value.type,
          .arg = work.value.arg,
          .request_id = work.value.request_id,
          .last_error = work.value.last_error,
          .attempt = work.value.attempt,
          .fence = work.fence,
          .timeout_us = timeout.count(),
          .max_attempts = work.value.max_attempts};
}

} // namespace callboard
