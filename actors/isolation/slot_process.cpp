#include "actors/isolation/slot_process.hpp"

#include "actors/isolation/limits.hpp"
#include "actors/isolation/node_line.hpp"
#include "actors/isolation/stop_post.hpp"
#include "actors/pipeline/middleware.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <unordered_map>
#include <utility>

namespace callboard::actors {

namespace {

using clock = std::chrono::steady_clock;

constexpr int broken_line = 70;

// Longer texts help nobody who reads a log.
constexpr std::size_t longest_line = 64 * 1024;

void do_nothing(int) {}

// The node decides when a process ends. A service manager that ends the node
// signals all of its processes, and the node sends SIGTERM for the programs
// that a handler may have started. A handler function and not "ignore": that
// those programs would inherit.
void outlive_signals() {
  struct sigaction action {};
  action.sa_handler = do_nothing;
  action.sa_flags = SA_RESTART;
  for (auto number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE})
    ::sigaction(number, &action, nullptr);
}

std::string out_of_memory(const greeting& rules) {
  return "out of memory: its process may hold "
         + std::to_string(rules.memory >> 20) + " MiB";
}

// The handlers of one queue, with everything around them.
class performer {
public:
  performer(worker_config config, const greeting& rules, node_line& line,
            stop_post& stops)
      : config_{std::move(config)}, rules_{rules}, line_{line}, stops_{stops} {
    for (const auto& type : config_.handle.types())
      compose(config_.handle.find(type));
    compose(config_.handle.rest());
  }

  answer perform(const assignment& call) {
    exhausted_ = false;
    if (rules_.cpu_time > duration{0})
      limit_cpu_time(rules_.cpu_time);
    auto what = run(call);
    return {call.number, std::move(what), exhausted_};
  }

private:
  void compose(const route* to) {
    if (!to || !to->function)
      return;
    auto layers = config_.middlewares;
    if (rules_.memory > 0)
      layers.insert(layers.begin(), tell_of_memory());
    chains_.emplace(to, standard_chain(layers, to->function));
  }

  // Inside of the recovery, which would take it for a bug of the handler.
  middleware tell_of_memory() {
    return [this](handler next) -> handler {
      return [this, next = std::move(next)](const job& work,
                                            context& ctx) -> outcome {
        try {
          return next(work, ctx);
        } catch (const std::bad_alloc&) {
          exhausted_ = true;
          return fail(out_of_memory(rules_));
        }
      };
    };
  }

  outcome run(const assignment& call) {
    auto chain = chains_.find(config_.handle.find(call.work.type));
    if (chain == chains_.end())
      return fail("the process of queue '" + rules_.queue
                  + "' has no function for type '" + call.work.type
                  + "'; make the same workers there as for the upgrade");
    std::optional<clock::time_point> deadline;
    if (call.time_left)
      deadline = clock::now() + *call.time_left;
    stop_post::entry running{stops_, call.number};
    context ctx{
        call.work,
        call.fence,
        running.stop(),
        deadline,
        [this](const log_record& x) {
          line_.send(log_line{x.level, x.message.substr(0, longest_line)});
        },
        call.timeout};
    try {
      return chain->second(call.work, ctx);
    } catch (const std::exception& x) {
      return move_to_dlq(x.what());
    } catch (...) {
      return move_to_dlq("unknown exception");
    }
  }

  worker_config config_;
  const greeting& rules_;
  node_line& line_;
  stop_post& stops_;
  std::unordered_map<const route*, handler> chains_;
  bool exhausted_ = false;
};

worker_config workers_of(const greeting& rules,
                         const startup_worker_source& make) {
  auto all = make(rules.startup);
  auto own = std::ranges::find(all, rules.queue, &worker_config::queue);
  if (own == all.end())
    throw failure{
        {errc::invalid_config, "no worker for queue '" + rules.queue
                                   + "' was made here; make the same ones for "
                                     "serve_isolated as for the upgrade"}};
  return std::move(*own);
}

void send_answer(node_line& line, answer what) {
  auto size = [](const outcome& x) {
    const auto* again = std::get_if<rescheduled>(&x);
    return again && again->arg ? again->arg->size() : 0;
  };
  if (size(what.what) > longest_arg)
    what.what = move_to_dlq("the new arg of its reschedule is too long");
  line.send(std::move(what));
}

int refuse(node_line& line, std::string reason) {
  line.send(refusal{std::move(reason)});
  return broken_line;
}

int work(node_line& line, performer& hands) {
  line.send(readiness{});
  while (auto next = line.receive()) {
    const auto* call = std::get_if<assignment>(&*next);
    if (!call)
      return broken_line;
    auto done = hands.perform(*call);
    // The handler has forked, and this is the copy, which has no job.
    if (!line.is_ours())
      ::_exit(0);
    send_answer(line, std::move(done));
  }
  return 0;
}

} // namespace

int serve_slot(pid_t node, const startup_worker_source& make) {
  if (::fcntl(job_channel, F_SETFD, FD_CLOEXEC) != 0
      || ::fcntl(control_channel, F_SETFD, FD_CLOEXEC) != 0) {
    std::fputs("CALLBOARD_CHILD is set, but nobody is there to be served; "
               "unset it\n",
               stderr);
    return broken_line;
  }
  // It has died while this program was loaded.
  if (::getppid() != node)
    return 0;
  outlive_signals();
  node_line line{job_channel};
  auto first = line.receive();
  const auto* rules = first ? std::get_if<greeting>(&*first) : nullptr;
  if (!rules || rules->protocol != isolation_protocol)
    return first ? broken_line : 0;
  std::optional<stop_post> stops;
  std::optional<performer> hands;
  try {
    stops.emplace(control_channel);
    if (rules->memory > 0)
      limit_memory(rules->memory);
    hands.emplace(workers_of(*rules, make), *rules, line, *stops);
  } catch (const std::bad_alloc&) {
    return refuse(line, out_of_memory(*rules));
  } catch (const std::exception& x) {
    return refuse(line, x.what());
  } catch (...) {
    return refuse(line, "an unknown exception while it made its workers");
  }
  return work(line, *hands);
}

} // namespace callboard::actors
