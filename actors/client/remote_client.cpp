#include "actors/client/remote_client.hpp"

#include "actors/cluster/caller.hpp"
#include "actors/cluster/dialler.hpp"
#include "actors/cluster/greeting.hpp"
#include "actors/cluster/wire/convert.hpp"
#include "actors/cluster/wire/type_ids.hpp"
#include "actors/own_system.hpp"

#include <caf/send.hpp>

#include <unistd.h>

#include <atomic>
#include <future>
#include <utility>

namespace callboard {

namespace {

using actors::call_failure;

using call_end = std::variant<caf::message, call_failure>;

} // namespace

result<void> remote_options::validate() const {
  auto wrong = [](std::string why) {
    return error{errc::invalid_config, "remote client: " + std::move(why)};
  };
  if (nodes.empty())
    return wrong("name at least one node as host:port");
  for (const auto& node : nodes)
    if (auto at = actors::parse_address(node); !at || at->port == 0)
      return wrong("a node must be host:port, such as 127.0.0.1:4910, not "
                   + node);
  if (timeout <= duration{0})
    return wrong("timeout must be longer than 0");
  if (silence < std::chrono::milliseconds{100})
    return wrong("silence must be at least 100ms");
  return {};
}

struct remote_client::impl {
  explicit impl(remote_options settings)
      : options{std::move(settings)}, own{options.silence, 2} {}

  ~impl() {
    actors::let_go_of_logger at_end;
    for (auto& one : diallers)
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    diallers.clear();
    if (caller)
      caf::anon_send_exit(caller, caf::exit_reason::user_shutdown);
    caller = nullptr;
    if (gate)
      gate->stop();
  }

  remote_options options;
  actors::own_system own;
  std::shared_ptr<actors::guard> gate;
  actors::caller_actor caller;
  std::vector<caf::actor> diallers;
  std::atomic<std::uint64_t> calls{0};

  void start();
  template <class Answer>
  result<Answer> call(std::uint64_t number, caf::message what);
};

void remote_client::impl::start() {
  actors::let_go_of_logger at_end;
  auto made = actors::guard::make(
      {.tls = options.tls, .silence = options.silence, .log = options.log});
  if (!made)
    throw failure{made.error()};
  gate = std::move(*made);
  caller = actors::spawn_caller(own.sys(), options.name);
  auto name = options.name.empty() ? "client:" + std::to_string(getpid())
                                   : options.name;
  auto hello = actors::make_hello(wire::peer_kind::client, name,
                                  std::to_string(getpid()));
  // The trouble goes to whoever waits for an answer, and into the log.
  auto trouble = [this, to = caller](const log_record& x) {
    for (const auto& [key, value] : x.fields)
      if (key == "why")
        caf::anon_send(to, actors::dial_trouble{value});
    if (options.log)
      options.log(x);
  };
  for (const auto& node : options.nodes)
    diallers.push_back(actors::spawn_dialler(
        own.sys(), {.gate = gate,
                    .to = *actors::parse_address(node),
                    .hello = hello,
                    .owner = caf::actor_cast<actors::link_owner_actor>(caller),
                    .draw = actors::draw,
                    .log = trouble}));
}

template <class Answer>
result<Answer> remote_client::impl::call(std::uint64_t number,
                                         caf::message what) {
  actors::let_go_of_logger at_end;
  auto promise = std::make_shared<std::promise<call_end>>();
  auto future = promise->get_future();
  caf::anon_send(caller, actors::remote_call{number, std::move(what),
                                             [promise](call_end x) {
                                               promise->set_value(std::move(x));
                                             }});
  if (future.wait_for(options.timeout) != std::future_status::ready)
    caf::anon_send(caller, actors::forget_call{number});
  auto got = future.get();
  if (const auto* failed = std::get_if<call_failure>(&got))
    return error{failed->sent ? errc::commit_unknown
                              : errc::database_unreachable,
                 (failed->sent ? "the node may have done it or not: "
                               : "no node could be reached: ")
                     + failed->why};
  const auto& message = std::get<caf::message>(got);
  if (!message.match_elements<Answer>())
    return error{errc::internal, "the node answered another question"};
  const auto& typed = message.get_as<Answer>(0);
  if (typed.code != 0)
    return wire::to_error(typed.code, typed.message);
  return typed;
}

remote_client::remote_client(remote_options options) {
  if (auto good = options.validate(); !good)
    throw failure{good.error()};
  impl_ = std::make_unique<impl>(std::move(options));
  impl_->start();
}

remote_client::~remote_client() = default;
remote_client::remote_client(remote_client&&) noexcept = default;
remote_client& remote_client::operator=(remote_client&&) noexcept = default;

result<std::vector<std::string>>
remote_client::try_bulk_enqueue(std::vector<new_job> jobs) {
  // Ids are drawn here, so that a caller who hears nothing can ask again.
  auto ready = prepare(std::move(jobs));
  if (!ready)
    return ready.error();
  wire::enqueue_v1 call{++impl_->calls, {}};
  std::size_t bytes = 0;
  for (auto& job : *ready) {
    bytes += job.arg.size() + 1024;
    call.jobs.push_back(wire::to_wire(std::move(job)));
  }
  if (bytes > actors::guard_options{}.payload_limit)
    return error{errc::arg_too_large,
                 "a bulk of " + std::to_string(bytes) + " bytes; a node takes "
                     + std::to_string(actors::guard_options{}.payload_limit)
                     + " at a time: enqueue in smaller bulks"};
  auto number = call.call;
  auto done = impl_->call<wire::enqueued_v1>(
      number, caf::make_message(std::move(call)));
  if (!done)
    return done.error();
  return std::move(done->ids);
}

std::vector<std::string>
remote_client::bulk_enqueue(std::vector<new_job> jobs) {
  return try_bulk_enqueue(std::move(jobs)).value();
}

std::string remote_client::enqueue(new_job job) {
  std::vector<new_job> one;
  one.push_back(std::move(job));
  return bulk_enqueue(std::move(one)).front();
}

result<std::vector<cancel_answer>>
remote_client::try_cancel(const std::vector<std::string>& ids) {
  auto number = ++impl_->calls;
  auto done = impl_->call<wire::cancelled_v1>(
      number, caf::make_message(wire::cancel_v1{number, ids}));
  if (!done)
    return done.error();
  std::vector<cancel_answer> answers;
  for (auto each : done->answers)
    answers.push_back(wire::to_cancel_answer(each));
  answers.resize(ids.size(), cancel_answer::unknown);
  return answers;
}

std::vector<cancel_answer>
remote_client::cancel(const std::vector<std::string>& ids) {
  return try_cancel(ids).value();
}

result<std::vector<queue_counts>> remote_client::try_status() {
  auto number = ++impl_->calls;
  auto done = impl_->call<wire::status_answer_v1>(
      number, caf::make_message(wire::status_v1{number}));
  if (!done)
    return done.error();
  std::vector<queue_counts> queues;
  for (const auto& each : done->queues)
    queues.push_back(wire::from_wire(each));
  return queues;
}

std::vector<queue_counts> remote_client::status() {
  return try_status().value();
}

} // namespace callboard
