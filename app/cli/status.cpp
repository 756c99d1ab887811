#include "app/cli/access.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/json.hpp"
#include "app/cli/remote.hpp"
#include "app/cli/table.hpp"
#include "app/cli/text.hpp"
#include "app/daemon/signals.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <csignal>
#include <cstdio>
#include <functional>
#include <optional>
#include <ostream>

namespace callboard::app {

namespace {

/// What is shown, all from one moment.
struct picture {
  time_point now;
  std::vector<queue_counts> queues;
  /// Nothing: seen by way of a node, which tells of the queues only.
  std::optional<std::vector<node_info>> nodes;
};

using looker = std::function<result<picture>()>;

result<picture> look(job_store& store) {
  picture seen;
  auto now = store.now();
  if (!now)
    return now.error();
  auto queues = store.counts();
  if (!queues)
    return queues.error();
  auto nodes = store.nodes();
  if (!nodes)
    return nodes.error();
  return picture{*now, std::move(*queues), std::move(*nodes)};
}

result<picture> look(remote_client& node) {
  auto queues = node.try_status();
  if (!queues)
    return queues.error();
  return picture{system_now(), std::move(*queues), std::nullopt};
}

std::string show(const capped_count& count) {
  return show_number(count.value) + (count.at_least ? "+" : "");
}

std::string show_rate(std::int64_t per_second_milli) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f/s",
                static_cast<double>(per_second_milli) / 1000);
  return text;
}

void print_queues(const picture& what, console& io) {
  table rows{{"QUEUE", "WAITING", "DELAYED", "RUNNING", "SUSPECT", "DEAD",
              "OLDEST DUE"}};
  for (std::size_t column = 1; column < 7; ++column)
    rows.right(column);
  for (const auto& each : what.queues)
    rows.add({printable(each.queue), show(each.waiting), show(each.delayed),
              show(each.running), show(each.suspect), show(each.dead),
              each.oldest_due ? show_span(*each.oldest_due) : "-"});
  if (rows.empty())
    io.out << "no jobs in any queue\n";
  else
    rows.print(io.out, io.colours);
}

void print_nodes(const picture& what, console& io) {
  table rows{{"NODE", "STATE", "UP", "QUEUE", "RUNNING", "SLOTS", "PERFORMED",
              "FAILED", "RATE"}};
  for (std::size_t column = 4; column < 9; ++column)
    rows.right(column);
  for (const auto& node : *what.nodes) {
    auto name = printable(node.name);
    auto up = show_span(what.now - node.started_at);
    std::string state = node.alive ? "alive" : "dead";
    if (node.queues.empty())
      rows.add({name, state, up, "-", "-", "-", "-", "-", "-"});
    for (const auto& queue : node.queues)
      rows.add({name, state, up, printable(queue.queue),
                std::to_string(queue.running),
                std::to_string(queue.concurrency), show_number(queue.performed),
                show_number(queue.failed), show_rate(queue.per_second_milli)});
  }
  if (rows.empty())
    io.out << "no nodes\n";
  else
    rows.print(io.out, io.colours);
}

void show(const picture& what, const status_command& how, console& io) {
  namespace json = boost::json;
  if (how.json) {
    json::array queues;
    for (const auto& each : what.queues)
      queues.push_back(to_json(each));
    json::object all{{"now", show_moment(what.now)},
                     {"queues", std::move(queues)}};
    if (what.nodes) {
      json::array nodes;
      for (const auto& each : *what.nodes)
        nodes.push_back(to_json(each, what.now));
      all["nodes"] = std::move(nodes);
    }
    print(io.out, all);
    return;
  }
  print_queues(what, io);
  if (!what.nodes)
    return;
  io.out << '\n';
  print_nodes(what, io);
}

/// Shows it each second until Ctrl-C or an error. Drawn over itself on a
/// terminal, block by block elsewhere.
exit_code watch(const status_command& how, const looker& look, console& io) {
  using namespace std::chrono_literals;
  signal_waiter signals{SIGINT, SIGTERM};
  for (;;) {
    auto seen = look();
    if (!seen)
      return complain_about(io, seen.error(), how.config);
    if (!how.json) {
      if (io.out_is_terminal)
        io.out << "\x1b[H\x1b[2J";
      io.out << show_moment(seen->now) << "  (Ctrl-C ends)\n\n";
    }
    show(*seen, how, io);
    if (!how.json && !io.out_is_terminal)
      io.out << '\n';
    io.out.flush();
    if (!io.out)
      return exit_code::done;
    if (signals.wait(1s))
      return exit_code::done;
  }
}

exit_code show_once_or_more(const status_command& what, const looker& look,
                            console& io) {
  if (what.watch)
    return watch(what, look, io);
  auto seen = look();
  if (!seen)
    return complain_about(io, seen.error(), what.config);
  show(*seen, what, io);
  return exit_code::done;
}

} // namespace

exit_code perform(const status_command& what, console& io) {
  if (!what.via.nodes.empty()) {
    auto reached = reach(io, what.via);
    if (auto* code = std::get_if<exit_code>(&reached))
      return *code;
    auto& node = *std::get<std::unique_ptr<remote_client>>(reached);
    return show_once_or_more(
        what, [&] { return look(node); }, io);
  }
  auto connected = connect(io, what.config, access::existing);
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto& store = *std::get<connection>(connected).store;
  return show_once_or_more(
      what, [&] { return look(store); }, io);
}

} // namespace callboard::app
