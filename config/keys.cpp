#include "config/keys.hpp"

#include "actors/pipeline/worker_config.hpp"
#include "store/model/new_job.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace callboard::config {

namespace {

using enum value_type;

constexpr std::int64_t millisecond
    = duration{std::chrono::milliseconds{1}}.count();
constexpr std::int64_t second = 1000 * millisecond;
constexpr std::int64_t hour = duration{std::chrono::hours{1}}.count();
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t year = 365 * day;
constexpr std::int64_t largest_arg = 512 << 20;
constexpr std::int64_t largest_size = 1LL << 40;
constexpr std::int64_t name_bytes = job_limits::name_bytes;
constexpr std::int64_t error_bytes = job_limits::error_bytes;
constexpr std::int64_t max_integer = std::numeric_limits<std::int32_t>::max();

constexpr std::string_view required = "required";
constexpr std::string_view none = "none";
constexpr std::string_view one_handler = "one of the handlers";

// The choices stand in the order of their enums.
constexpr auto levels
    = std::to_array<std::string_view>({"debug", "info", "warning", "error"});
constexpr auto formats = std::to_array<std::string_view>({"text", "json"});
constexpr auto modes = std::to_array<std::string_view>({"none", "process"});
constexpr auto shapes
    = std::to_array<std::string_view>({"fixed", "linear", "exponential"});

constexpr auto file_keys = std::to_array<key_info>({
    {"database", text_or_object, required},
    {"queues", object_list, "[]"},
    {"http", object, none},
    {"node", object, "{}"},
    {"log", object, "{}"},
    {"shutdown_grace", time_span, R"("30s")", 0, 7 * day},
});

constexpr auto database_keys = std::to_array<key_info>({
    {"url", text, required, 1},
    {"schema", text, R"("")", 0, 63},
    {"auto_migrate", boolean, "true"},
    {"connect_timeout", time_span, R"("5s")", millisecond, hour},
    {"statement_timeout", time_span, R"("30s")", millisecond, day},
    {"durable", boolean, "true"},
    {"arg_limit", size, R"("16MiB")", 1, largest_arg},
});

constexpr auto listener_keys = std::to_array<key_info>({
    {"listen", text, required, 1},
});

constexpr auto node_keys = std::to_array<key_info>({
    {"name", text, R"("")", 0, name_bytes},
    {"hung_grace", time_span, R"("5s")", 0, hour},
    {"heartbeat", time_span, R"("1s")", 10 * millisecond, hour},
    {"reclaim_interval", time_span, R"("250ms")", 10 * millisecond, hour},
    {"silence_limit", time_span, R"("10s")", 100 * millisecond, day},
    {"max_crashes", integer, "3", 1, 1000},
    {"settle_connections", integer, "1", 1, 64},
    {"join", text_list, none},
    {"listen", text, none, 1},
    {"advertise", text, "the same as `listen`", 1},
    {"tls", object, none},
    {"allow", object_list, "[]"},
    {"silence", time_span, R"("5s")", 100 * millisecond, hour},
    {"plaintext", text, R"("")"},
    {"peers", not_offered_yet, none},
});

constexpr auto tls_keys = std::to_array<key_info>({
    {"certificate", text, required, 1},
    {"key", text, required, 1},
    {"ca", text, required, 1},
});

constexpr auto allow_keys = std::to_array<key_info>({
    {"name", text, required, 1},
    {"may", text_list, required},
});

constexpr auto log_keys = std::to_array<key_info>({
    {"level", choice, R"("info")", 0, 0, levels},
    {"format", choice, R"("text")", 0, 0, formats},
});

constexpr auto queue_keys = std::to_array<key_info>({
    {"name", text, required, 1, name_bytes},
    {"concurrency", integer, "1", 1, worker_config::max_concurrency},
    {"poll_interval", time_span, R"("1s")", millisecond, day},
    {"isolation", text_or_object, R"("none")"},
    {"timeout", time_span, R"("0s")", 0, year},
    {"retry", object, "{}"},
    {"types", object, "required, or `performers`"},
    {"performers", object, none},
});

constexpr auto isolation_keys = std::to_array<key_info>({
    {"mode", choice, R"("process")", 0, 0, modes},
    {"memory", size, "no limit", process_isolation::least_memory, largest_size},
    {"cpu_time", time_span, "no limit", second, year},
    {"recycle_after", integer, "never", 1, max_integer},
    {"kill_after", time_span, R"("5s")", 0, hour},
});

constexpr auto performers_keys = std::to_array<key_info>({
    {"max_attempts", integer, "0", 0, max_integer},
    {"timeout", time_span, R"("0s")", 0, year},
});

constexpr auto type_keys = std::to_array<key_info>({
    {"exec", text_list_or_object, one_handler},
    {"http", object, one_handler},
    {"plugin", object, one_handler},
    {"noop", object, one_handler},
    {"sleep", object, one_handler},
    {"echo", object, one_handler},
    {"fail", object, one_handler},
    {"timeout", time_span, "the queue's", 0, year},
    {"retry", object, "the queue's"},
});

constexpr auto retry_keys = std::to_array<key_info>({
    {"max_attempts", integer, "25", 0, max_integer},
    {"backoff", choice, R"("exponential")", 0, 0, shapes},
    {"first", time_span, R"("1s")", 0, year},
    {"limit", time_span, R"("10m")", 0, year},
    {"jitter", number, "0.1", 0, 1},
});

constexpr auto exec_keys = std::to_array<key_info>({
    {"command", text_list, required},
    {"working_directory", text, "the file's folder", 1},
    {"environment", text_map, "{}"},
    {"kill_after", time_span, R"("5s")", 0, hour},
    {"error_tail", size, R"("4KiB")", 0, error_bytes},
});

constexpr auto http_keys = std::to_array<key_info>({
    {"url", text, required, 1},
    {"headers", text_map, "{}"},
    {"ca_file", text, "the system's", 1},
});

constexpr auto plugin_keys = std::to_array<key_info>({
    {"path", text, required, 1},
});

constexpr auto sleep_keys = std::to_array<key_info>({
    {"time", time_span, R"("1s")", 0, year},
});

constexpr auto fail_keys = std::to_array<key_info>({
    {"error", text, R"("failed on purpose")", 1, error_bytes},
    {"times", integer, "every time", 1, max_integer},
});

} // namespace

namespace objects {
constexpr object_info file{"The file", file_keys};
constexpr object_info database{"`database`", database_keys};
constexpr object_info listener{"`http`", listener_keys};
constexpr object_info node{"`node`", node_keys};
constexpr object_info tls{"`tls`", tls_keys};
constexpr object_info allow{"A rule of `allow`", allow_keys};
constexpr object_info log{"`log`", log_keys};
constexpr object_info queue{"A queue", queue_keys};
constexpr object_info isolation{"`isolation`", isolation_keys};
constexpr object_info performers{"`performers`", performers_keys};
constexpr object_info type{"A type", type_keys};
constexpr object_info retry{"`retry`", retry_keys};
constexpr object_info exec{"Handler `exec`", exec_keys};
constexpr object_info http{"Handler `http`", http_keys};
constexpr object_info plugin{"Handler `plugin`", plugin_keys};
constexpr object_info noop{"Handler `noop`", {}};
constexpr object_info sleep{"Handler `sleep`", sleep_keys};
constexpr object_info echo{"Handler `echo`", {}};
constexpr object_info fail{"Handler `fail`", fail_keys};
} // namespace objects

const key_info* object_info::find(std::string_view key) const {
  auto found = std::ranges::find(keys, key, &key_info::name);
  return found == keys.end() ? nullptr : &*found;
}

std::span<const object_info* const> all_objects() {
  using namespace objects;
  static constexpr std::array all{
      &file,  &database, &queue,         &isolation, &performers, &type,
      &retry, &exec,     &objects::http, &plugin,    &noop,       &sleep,
      &echo,  &fail,     &listener,      &node,      &tls,        &allow,
      &log};
  return all;
}

} // namespace callboard::config
