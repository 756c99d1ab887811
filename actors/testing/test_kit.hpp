#pragma once

#include "actors/client/client.hpp"
#include "actors/pipeline/log.hpp"
#include "actors/pipeline/worker_config.hpp"
#include "store/model/status.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// For tests of your own handlers, in Catch2 or any other framework: jobs are
/// performed by the real pipeline on a real (SQLite) store, on the test's own
/// thread, in virtual time, and the process can be made to crash anywhere.
/// docs/testing.md shows it.
namespace callboard {

struct test_kit_options {
  /// The first moment of the virtual clock.
  time_point start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
  /// What random numbers are replaced by, in [0, 1): the jitter of retries.
  double draw = 0.5;
  /// A job that outlived so many crashes goes to the dead letters.
  std::int32_t max_crashes = 3;
  /// A handler that goes on for so long after its timeout is given up.
  duration hung_grace = std::chrono::seconds{5};
  /// More attempts than this within one call of the kit are taken for an
  /// endless loop: the call throws.
  std::size_t most_attempts = 10'000;
  std::vector<observer_ptr> observers{};
  /// Gets what handlers log, beside `test_kit::log`.
  log_sink log{};
};

/// One attempt at a job, after it.
struct performed_job {
  enum class ending : std::uint8_t {
    completed,
    retried,
    rescheduled,
    /// A dead letter now.
    dead,
    /// The process died under it.
    crashed,
    /// The handler was given up after its timeout; the job was settled by the
    /// retry policy.
    hung,
    /// The outcome was refused: the lease was another's by then.
    fenced,
  };

  /// As the handler saw it.
  job value;
  std::int64_t fence = 0;
  ending how = ending::completed;
  /// Of retried, dead, hung and crashed.
  std::string error;
  /// Until the next attempt: of retried, hung and rescheduled by a delay.
  std::optional<duration> after;
  /// When it began, and how long the handler took of virtual time; 0 when none
  /// was called.
  time_point at{};
  duration took{0};
};

/// "completed", "retried", ...
const char* to_string(performed_job::ending how) noexcept;

/// A node in a box. Nothing happens but by its functions, all on the caller's
/// thread; handlers, observers and the log are called on it, too. Functions
/// throw `failure` when they can't do what they are for.
class test_kit {
public:
  explicit test_kit(std::vector<worker_config> workers = {},
                    test_kit_options options = {});
  ~test_kit();
  test_kit(const test_kit&) = delete;
  test_kit& operator=(const test_kit&) = delete;

  /// Replaces the workers. So handlers can be given `jobs()` before.
  void upgrade(std::vector<worker_config> workers);

  // -- jobs in ----------------------------------------------------------------

  /// What handlers take, to enqueue further jobs.
  client& jobs() noexcept;
  std::string enqueue(new_job job);
  std::vector<std::string> bulk_enqueue(std::vector<new_job> jobs);

  // -- performing -------------------------------------------------------------

  /// One due job, if there is one: in the order of the workers, and of their
  /// queues.
  std::optional<performed_job> perform_next();
  /// All that is due, also what becomes due by it. Answers how many attempts
  /// that took.
  std::size_t perform_due();
  /// Lets time pass and performs each job when it is due.
  std::size_t advance(duration by);
  /// The same until no job waits any more, or `most` has passed.
  std::size_t run_until_idle(duration most = std::chrono::hours{24});

  // -- looking ----------------------------------------------------------------

  time_point now() const noexcept;
  /// Jobs that wait (delayed ones too), by their due time; of a queue and of a
  /// type, or (empty) of all.
  std::vector<job_info> enqueued(std::string_view queue = {},
                                 std::string_view type = {}) const;
  std::optional<job_info> find(std::string_view id) const;
  std::vector<dead_letter> dead_letters(std::string_view queue = {}) const;
  /// All attempts so far, or those at one job.
  const std::vector<performed_job>& performed() const noexcept;
  std::vector<performed_job> performed(std::string_view id) const;
  /// The newest attempt at a job.
  std::optional<performed_job> outcome_of(std::string_view id) const;
  /// What observers were told: "started ID", "completed ID", "retried ID:
  /// ERROR", "rescheduled ID", "dead ID: ERROR", "fenced ID", "hung ID",
  /// "reclaimed COUNT".
  const std::vector<std::string>& events() const noexcept;
  /// What handlers logged.
  const std::vector<log_record>& log() const noexcept;
  /// The store, for all else.
  const database_ptr& db() const noexcept;

  // -- what people do ---------------------------------------------------------

  /// As `callboard cancel`: removes a job that waits, asks a running one to
  /// stop, which then counts as cancelled unless it completes.
  cancel_answer cancel(std::string_view id);
  /// As `callboard dead retry`; false when no dead letter has this id.
  bool retry_dead(std::string_view id);

  // -- inside of handlers -----------------------------------------------------

  /// The handler works for so long. When its timeout comes in between its stop
  /// token fires, and after `hung_grace` more it is given up.
  void spend(duration by);
  /// A place at which the process can crash. Call it from the fakes that your
  /// handlers use, around their side effects. Each enqueue through `jobs()`
  /// has one before and one after it by itself.
  void checkpoint();
  /// The running handler is asked to stop, as by a close.
  void request_stop();
  /// The node is declared dead while the handler runs: its outcome will be
  /// refused, and the job performed again.
  void lose_lease();

  // -- crashes ----------------------------------------------------------------

  /// The process dies at the `nth` checkpoint from now on. The handler ends
  /// there (by an exception: destructors run, and what they do must not count),
  /// its outcome is lost, and a new process takes over the job.
  void crash_at_checkpoint(std::size_t nth = 1);
  /// It dies when the next handler has returned, before its outcome is stored.
  void crash_before_settle();
  /// Checkpoints so far.
  std::size_t checkpoints() const noexcept;
  /// How often the process died.
  std::size_t crashes() const noexcept;
  /// The process has just died: what the handler still does (in destructors,
  /// after a `catch (...)`) would not happen. For fakes.
  bool dying() const noexcept;

private:
  friend std::size_t
  crash_everywhere(const std::function<void(test_kit&)>& scenario,
                   const test_kit_options& options);

  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Runs the scenario once without a crash, and then once for each checkpoint
/// and each settle that it came by, with a crash there; each time with a new
/// kit. Answers how often it crashed. Assert in the scenario what must hold in
/// the end whatever happened.
std::size_t crash_everywhere(const std::function<void(test_kit&)>& scenario,
                             const test_kit_options& options);
std::size_t crash_everywhere(const std::function<void(test_kit&)>& scenario);

} // namespace callboard
