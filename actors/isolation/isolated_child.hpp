#pragma once

#include "actors/isolation/messages.hpp"
#include "actors/pipeline/context.hpp"
#include "actors/pipeline/isolation.hpp"
#include "actors/process/program_end.hpp"
#include "actors/process/unique_fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

namespace callboard::actors {

/// What the processes of one queue have in common.
struct child_plan {
  std::string queue;
  process_isolation settings;
  /// For messages.
  std::string node_name;
  /// A job whose process died so often in a row goes to the dead letters.
  std::int32_t max_deaths = 3;
};

/// The node's side of one process that performs the jobs of an isolated queue,
/// one after the other. Belongs to one thread at a time.
class isolated_child {
public:
  /// Starts one; it comes up while the first job is sent. Throws
  /// `std::system_error`.
  explicit isolated_child(std::shared_ptr<const child_plan> plan);
  isolated_child(const isolated_child&) = delete;
  isolated_child& operator=(const isolated_child&) = delete;

  /// Kills it, with its group, if it was neither reaped nor retired.
  ~isolated_child();

  /// What can become of a job here.
  struct performance {
    outcome answer;
    /// The process had died before it got the job: another one may have it.
    bool untouched = false;
    /// It can do another job.
    bool reusable = false;
  };

  /// Performs a job; blocks until its handler has answered or the process has
  /// ended, which takes no longer than the deadline or stop of the context and
  /// `kill_after`.
  performance perform(const job& work, context& ctx);

  /// Whether it lives, and has said nothing that it was not asked.
  bool is_well() const;

  /// How many jobs it was given.
  std::int64_t jobs() const noexcept { return jobs_; }

  pid_t id() const noexcept { return pid_; }

  /// Lets it end by itself; kills it if it takes longer than `kill_after`. Does
  /// not wait for it.
  void retire();

private:
  friend class conversation;

  /// Waits for its end.
  program_end reap();

  std::shared_ptr<const child_plan> plan_;
  pid_t pid_ = -1;
  unique_fd line_;
  unique_fd control_;
  /// Readable when it has ended.
  unique_fd death_;
  /// Readable when the running job is to stop.
  unique_fd stop_;
  message_buffer heard_;
  std::int64_t jobs_ = 0;
  bool ready_ = false;
};

} // namespace callboard::actors
