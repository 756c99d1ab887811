#include "actors/cluster/gateway.hpp"
#include "actors/cluster/wire/convert.hpp"
#include "actors/cluster/wire/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace callboard::actors {

namespace {

wire::enqueued_v1 serve(const cluster_services& services,
                        const wire::enqueue_v1& call) {
  auto refuse = [&](const error& why) {
    return wire::enqueued_v1{
        call.call, static_cast<std::uint8_t>(why.code), why.message, {}};
  };
  std::vector<new_job> jobs;
  jobs.reserve(call.jobs.size());
  for (const auto& each : call.jobs) {
    auto job = wire::from_wire(each);
    if (!job)
      return refuse(job.error());
    jobs.push_back(std::move(*job));
  }
  auto ids = services.enqueue(std::move(jobs));
  if (!ids)
    return refuse(ids.error());
  return {call.call, 0, "", std::move(*ids)};
}

wire::cancelled_v1 serve(const cluster_services& services,
                         const wire::cancel_v1& call) {
  auto answers = services.cancel(call.ids);
  if (!answers)
    return {call.call,
            static_cast<std::uint8_t>(answers.error().code),
            answers.error().message,
            {}};
  wire::cancelled_v1 answer{call.call, 0, "", {}};
  for (auto each : *answers)
    answer.answers.push_back(static_cast<std::uint8_t>(each));
  return answer;
}

wire::status_answer_v1 serve(const cluster_services& services,
                             const wire::status_v1& call) {
  auto counts = services.count();
  if (!counts)
    return {call.call,
            static_cast<std::uint8_t>(counts.error().code),
            counts.error().message,
            {}};
  wire::status_answer_v1 answer{call.call, 0, "", {}};
  for (const auto& each : *counts)
    answer.queues.push_back(wire::to_wire(each));
  return answer;
}

gateway_worker_actor::behavior_type
gateway_worker(gateway_worker_actor::pointer self,
               const cluster_services& services) {
  auto answer = [self](const gateway_call& x, auto what) {
    self->send(x.from, link_tell{caf::make_message(std::move(what))});
  };
  return {
      [services, answer, self](const gateway_call& x) {
        if (const auto* enqueue = said<wire::enqueue_v1>(x.call))
          answer(x, serve(services, *enqueue));
        else if (const auto* cancel = said<wire::cancel_v1>(x.call))
          answer(x, serve(services, *cancel));
        else if (const auto* status = said<wire::status_v1>(x.call))
          answer(x, serve(services, *status));
        else
          self->send(x.from, link_hang_up{"no call that a client may make"});
      },
  };
}

} // namespace

gateway_worker_actor spawn_gateway_worker(caf::actor_system& sys,
                                          cluster_services services) {
  return sys.spawn<caf::detached>(gateway_worker, std::move(services));
}

} // namespace callboard::actors
