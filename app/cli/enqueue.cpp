#include "actors/process/sigpipe_guard.hpp"
#include "app/cli/access.hpp"
#include "app/cli/bulk.hpp"
#include "app/cli/commands.hpp"
#include "app/cli/known.hpp"
#include "app/cli/remote.hpp"
#include "app/cli/text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ostream>

namespace callboard::app {

namespace {

/// For the database, when the command line says nothing.
constexpr duration usual_deadline = std::chrono::seconds{10};

/// All bytes of a file ("-": standard input), up to one more than `limit`.
result<std::string> read_bytes(const std::string& path, int standard_input,
                               std::size_t limit) {
  auto problem = [&] {
    return error{errc::invalid_job,
                 "--arg-file " + path + ": " + std::strerror(errno)};
  };
  bool opened = path != "-";
  int file
      = opened ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : standard_input;
  if (file < 0)
    return problem();
  std::string bytes;
  std::array<char, 65536> chunk;
  ssize_t count = 1;
  while (count > 0 && bytes.size() <= limit) {
    count = read(file, chunk.data(), chunk.size());
    if (count > 0)
      bytes.append(chunk.data(), static_cast<std::size_t>(count));
  }
  auto outcome = count < 0 ? result<std::string>{problem()}
                           : result<std::string>{std::move(bytes)};
  if (opened)
    close(file);
  return outcome;
}

result<new_job> job_of(const enqueue_command& what, std::size_t arg_limit,
                       int standard_input) {
  new_job job{.queue = what.queue,
              .type = what.type,
              .arg = what.arg.value_or(""),
              .id = what.id,
              .delay = what.delay,
              .run_at = what.run_at,
              .priority = what.priority,
              .request_id = what.request_id,
              .max_attempts = what.max_attempts,
              .timeout = what.timeout};
  if (!what.arg_file.empty()) {
    auto bytes = read_bytes(what.arg_file, standard_input, arg_limit);
    if (!bytes)
      return bytes.error();
    // Where reading stopped is not how long it is.
    if (bytes->size() > arg_limit)
      return error{errc::arg_too_large,
                   "--arg-file " + what.arg_file + " holds more than "
                       + std::to_string(arg_limit)
                       + " bytes, the most that an arg may have"};
    job.arg = std::move(*bytes);
  }
  return job;
}

job_sink sink_of(connection& db, const enqueue_command& what) {
  return {.arg_limit = db.settings.database.arg_limit,
          .enqueue =
              [&db, &what](const std::vector<new_job>& jobs) {
                // Each batch has the time that the command has for one job.
                if (what.from_stdin)
                  db.store->give_up_at(
                      std::chrono::steady_clock::now()
                      + what.deadline.value_or(usual_deadline));
                return db.store->enqueue(jobs);
              },
          // The hint may get lost: the workers then find the job at their next
          // poll.
          .wake =
              [&db](const std::vector<std::string>& queues) {
                static_cast<void>(db.store->wake(queues));
              }};
}

job_sink sink_of(remote_client& node) {
  return {.arg_limit = job_limits::arg_bytes,
          .enqueue = [&node](const std::vector<new_job>& jobs) -> result<void> {
            auto done = node.try_bulk_enqueue(jobs);
            return done ? result<void>{} : done.error();
          },
          .wake =
              [](const std::vector<std::string>&) {
              }};
}

exit_code store_one(const enqueue_command& what, const job_sink& to,
                    console& io) {
  auto job = job_of(what, to.arg_limit, io.in);
  if (!job)
    return complain(io, job.error());
  auto jobs = prepare({std::move(*job)}, {}, to.arg_limit);
  if (!jobs)
    return complain(io, jobs.error());
  auto stored = to.enqueue(*jobs);
  if (!stored && stored.error().code == errc::commit_unknown)
    return complain(io,
                    stored.error().message + "; the id is " + jobs->front().id,
                    to_exit_code(errc::commit_unknown));
  if (!stored)
    return complain_about(io, stored.error(), what.config);
  to.wake({what.queue});
  if (!what.quiet)
    io.out << jobs->front().id << '\n' << std::flush;
  if (!io.out)
    return complain(io,
                    "the job is stored, with the id " + jobs->front().id
                        + ", which could not be printed: "
                        + why_output_is_lost(),
                    exit_code::failed);
  return exit_code::done;
}

} // namespace

exit_code perform(const enqueue_command& what, console& io) {
  // Even if nobody reads the ids, what is stored must be told of.
  actors::sigpipe_guard no_sigpipe;
  if (!what.from_stdin && (what.queue.empty() || what.type.empty()))
    return complain(io,
                    std::string{what.queue.empty() ? "which queue? Say -q QUEUE"
                                                   : "which type? Say -t TYPE"}
                        + ". See callboard enqueue --help",
                    exit_code::usage);
  if (what.deadline && *what.deadline < std::chrono::milliseconds{100})
    return complain(io, "--deadline must be at least 100ms", exit_code::usage);
  if (!what.via.nodes.empty()) {
    auto via = what.via;
    via.timeout = std::min(via.timeout, what.deadline.value_or(via.timeout));
    auto reached = reach(io, via);
    if (auto* code = std::get_if<exit_code>(&reached))
      return *code;
    auto to = sink_of(*std::get<std::unique_ptr<remote_client>>(reached));
    return what.from_stdin ? store_lines(what, to, nullptr, io)
                           : store_one(what, to, io);
  }
  auto loaded = load_shared_settings(io, what.config);
  if (auto* code = std::get_if<exit_code>(&loaded))
    return *code;
  known_types known{std::get<config::settings>(loaded), what.config};
  if (!what.from_stdin) {
    if (auto warning = known.doubt(what.queue, what.type)) {
      if (what.strict)
        return complain(io, *warning, exit_code::usage);
      note(io, "warning: " + *warning);
    }
  }
  auto connected = connect(io, what.config, access::as_configured,
                           what.deadline.value_or(usual_deadline));
  if (auto* code = std::get_if<exit_code>(&connected))
    return *code;
  auto& db = std::get<connection>(connected);
  return what.from_stdin ? store_lines(what, sink_of(db, what), &known, io)
                         : store_one(what, sink_of(db, what), io);
}

} // namespace callboard::app
