#pragma once

#include "actors/cluster/tls_files.hpp"
#include "app/bench/plan.hpp"
#include "store/model/job.hpp"
#include "store/model/status.hpp"
#include "store/model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace callboard::app {

/// What every command takes.
struct common_options {
  /// The config file.
  std::string config = "callboard.json";
};

/// A command that may go by way of a node instead of the database.
struct node_options {
  /// "host:port"; empty: the database of the config file.
  std::vector<std::string> nodes;
  tls_files tls;
  duration timeout = std::chrono::seconds{30};
};

struct run_command : common_options {
  bool live = false;
  bool once = false;
  duration once_horizon{0};
};

struct perform_command : common_options {
  /// "host:port"; empty: `node.join` of the config file.
  std::vector<std::string> join;
  bool live = false;
};

struct check_command : common_options {};

struct migrate_command : common_options {
  bool status = false;
  /// Also while nodes are alive that can't work with the tables afterwards.
  bool force = false;
  bool json = false;
};

struct enqueue_command : common_options {
  node_options via;
  std::string queue;
  std::string type;
  std::optional<std::string> arg;
  /// A file, or "-" for standard input.
  std::string arg_file;
  std::string id;
  duration delay{0};
  std::optional<time_point> run_at;
  std::int16_t priority = 0;
  std::string request_id;
  std::int32_t max_attempts = 0;
  duration timeout{0};
  bool strict = false;
  /// How long the database or the node may take, for each batch. Nothing: 10 s,
  /// or the node's timeout.
  std::optional<duration> deadline;
  /// Jobs as lines of JSON; queue, type and the rest above are their defaults.
  bool from_stdin = false;
  bool skip_existing = false;
  bool quiet = false;
};

struct jobs_command : common_options {
  job_filter filter;
  bool json = false;
};

struct job_command : common_options {
  std::string id;
  bool raw_arg = false;
  bool json = false;
};

struct cancel_command : common_options {
  node_options via;
  std::vector<std::string> ids;
};

struct dead_list_command : common_options {
  dead_filter filter;
  bool json = false;
};

struct dead_show_command : common_options {
  std::string id;
  bool raw_arg = false;
  bool json = false;
};

struct dead_retry_command : common_options {
  dead_filter filter;
};

struct dead_purge_command : common_options {
  dead_filter filter;
  bool yes = false;
};

struct status_command : common_options {
  node_options via;
  bool watch = false;
  bool json = false;
};

struct bench_command : common_options {
  /// Instead of the config file's; may be empty.
  std::string database;
  bench::options how;
  bool clean = false;
  bool json = false;
};

/// Prints a text, such as help, to standard output.
struct print_command {
  std::string text;
};

using command
    = std::variant<run_command, perform_command, check_command, migrate_command,
                   enqueue_command, jobs_command, job_command, cancel_command,
                   dead_list_command, dead_show_command, dead_retry_command,
                   dead_purge_command, status_command, bench_command,
                   print_command>;

/// Why the arguments make no sense, and where to read on.
struct usage_error {
  std::string message;
};

/// Reads the arguments (without the program's name). Touches nothing but the
/// environment variable CALLBOARD_CONFIG.
std::variant<command, usage_error>
parse_command_line(const std::vector<std::string>& arguments);

/// The names of all commands with their subcommands, such as "dead retry", in
/// the order of the help.
const std::vector<std::string>& command_names();

} // namespace callboard::app
