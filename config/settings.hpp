#pragma once

#include "actors/client/client.hpp"
#include "actors/pipeline/handler.hpp"
#include "actors/pipeline/isolation.hpp"
#include "actors/pipeline/log.hpp"
#include "actors/pipeline/worker_config.hpp"
#include "store/database.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace callboard::config {

// Values that messages name have a partner `written_...`: the text as it stands
// in the file if variables were put in, which may be secrets, else empty.

/// Runs a program: the arg on its standard input.
struct exec_settings {
  /// Program and arguments; the program is found as the shell finds it, and a
  /// relative path counts from the folder of the config file.
  std::vector<std::string> command;
  /// Empty: the folder of the config file.
  std::string working_directory;
  std::map<std::string, std::string> environment;
  /// From SIGTERM to SIGKILL after a timeout or a stop.
  duration kill_after = std::chrono::seconds{5};
  /// How much of the end of standard error becomes the last error, in bytes.
  std::size_t error_tail = 4096;
  std::string written_program{};
  std::string written_directory{};
};

/// POSTs the arg to an endpoint.
struct http_settings {
  std::string url;
  std::map<std::string, std::string> headers;
  /// For https: a PEM file of the authorities to trust instead of the
  /// system's.
  std::string ca_file;
  std::string written_url{};
  std::string written_ca_file{};
};

/// A shared library that registers C++ handlers by type.
struct plugin_settings {
  /// A relative path counts from the folder of the config file.
  std::string path;
  std::string written_path{};
};

/// For demos and tests: does nothing, and completes.
struct noop_settings {};

/// Sleeps, and completes; fails when stopped.
struct sleep_settings {
  duration time = std::chrono::seconds{1};
};

/// Logs the arg, and completes.
struct echo_settings {};

/// Fails by the retry policy; with `times`, only the first so many attempts.
struct fail_settings {
  std::string error = "failed on purpose";
  std::optional<int> times;
};

using handler_settings
    = std::variant<exec_settings, http_settings, plugin_settings, noop_settings,
                   sleep_settings, echo_settings, fail_settings>;

/// One type of a queue.
struct type_settings {
  handler_settings handler = noop_settings{};
  /// Timeout (0: none) and retry policy.
  type_options options{};
};

/// One queue.
struct queue_settings {
  std::string name;
  int concurrency = 1;
  duration poll_interval{0};
  /// For its plugins and demo handlers; nothing: they run in the daemon.
  std::optional<process_isolation> isolation{};
  /// Other processes have its handlers; it has no types then.
  std::optional<by_performers> performers{};
  std::map<std::string, type_settings> types;
};

/// "127.0.0.1:8910".
struct endpoint {
  std::string host;
  int port = 0;
};

enum class log_format { text, json };

struct log_settings {
  log_level level = log_level::info;
  log_format format = log_format::text;
};

/// What the file of a performer says of the nodes that it works for.
struct join_settings {
  /// "host:port".
  std::vector<std::string> nodes;
  std::optional<tls_files> tls;
  duration silence = std::chrono::seconds{5};
};

/// Everything that the file says.
struct settings {
  /// The file itself: the processes of isolated handlers read it again.
  std::string source;
  /// The folder of the file; relative paths count from it.
  std::string base_directory;
  /// The URL of `open`. A relative SQLite path is made absolute already.
  std::string database_url;
  database_options database{};
  std::vector<queue_settings> queues;
  /// Where /metrics and /health are served; nothing: nowhere.
  std::optional<endpoint> http;
  log_settings log{};
  /// Node name, grace period, liveness.
  client_options node{};
  /// The file is that of a performer, without a database.
  std::optional<join_settings> join{};
};

} // namespace callboard::config
