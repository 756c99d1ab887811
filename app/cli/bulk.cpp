#include "app/cli/bulk.hpp"

#include "app/cli/job_line.hpp"
#include "app/cli/line_reader.hpp"
#include "app/cli/text.hpp"
#include "store/model/job_id.hpp"

#include <cerrno>
#include <cstring>
#include <map>
#include <ostream>
#include <set>
#include <span>
#include <utility>

namespace callboard::app {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t batch_lines = 1000;
constexpr std::size_t batch_bytes = 8 * 1024 * 1024;
/// A writer that pauses longer gets stored what it has written.
constexpr auto patience = 100ms;
constexpr auto progress_interval = 200ms;
/// So many unknown queues and types are warned about.
constexpr std::size_t warning_limit = 20;

using steady = std::chrono::steady_clock;

/// One run of `enqueue --stdin`.
class bulk {
public:
  bulk(const enqueue_command& what, job_sink& to, const known_types* known,
       console& io)
      : what_{what}, to_{to}, known_{known}, io_{io}, arg_limit_{to.arg_limit},
        // An arg may be written with six characters a byte.
        lines_{io.in, 6 * arg_limit_ + 65536},
        defaults_{.queue = what.queue,
                  .type = what.type,
                  .priority = what.priority,
                  // One for all, as for every bulk.
                  .request_id = what.request_id.empty() ? new_request_id()
                                                        : what.request_id,
                  .max_attempts = what.max_attempts,
                  .timeout = what.timeout} {}

  exit_code run() {
    auto code = exit_code::done;
    for (bool more = true; more && code == exit_code::done;) {
      switch (lines_.next(batch_.empty() ? -1ms : patience)) {
      case line_reader::state::line:
        code = add(lines_.line());
        break;
      case line_reader::state::pause:
        code = store();
        break;
      case line_reader::state::end:
        code = store();
        more = false;
        break;
      case line_reader::state::too_long:
        code = refuse(lines_.number() + 1, "longer than any arg may be",
                      exit_code::usage);
        break;
      case line_reader::state::broken:
        code = refuse(lines_.number() + 1,
                      std::string{"standard input: "} + std::strerror(errno),
                      exit_code::failed);
        break;
      }
    }
    summary();
    return code;
  }

private:
  struct numbered_job {
    std::uint64_t line;
    new_job job;
  };

  // -- lines in ---------------------------------------------------------------

  exit_code add(std::string_view line) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (lines_.number() == 1 && line.starts_with(byte_order_mark))
      line.remove_prefix(byte_order_mark.size());
    if (line.find_first_not_of(" \t") == std::string_view::npos)
      return exit_code::done;
    auto number = lines_.number();
    auto job = parse_job_line(line, defaults_);
    if (!job)
      return refuse(number, job.error().message, exit_code::usage);
    if (auto doubt = doubt_about(*job)) {
      if (what_.strict)
        return refuse(number, *doubt, exit_code::usage);
      note("warning: line " + std::to_string(number) + ": " + *doubt);
    }
    // What the store would say of the whole batch is said of the line here.
    auto prepared = prepare({std::move(*job)}, {}, arg_limit_);
    if (!prepared)
      return refuse(number, prepared.error().message,
                    to_exit_code(prepared.error().code));
    auto& ready = prepared->front();
    auto [first, is_new] = ids_.try_emplace(ready.id, number);
    if (!is_new && !what_.skip_existing)
      return refuse(number,
                    "id '" + ready.id + "' stands on line "
                        + std::to_string(first->second) + ", too",
                    exit_code::conflict);
    if (!is_new) {
      ++skipped_;
      return exit_code::done;
    }
    bytes_ += ready.arg.size();
    batch_.push_back({number, std::move(ready)});
    bool full = batch_.size() == batch_lines || bytes_ >= batch_bytes;
    return full ? store() : exit_code::done;
  }

  std::optional<std::string> doubt_about(const new_job& job) {
    if (!known_)
      return std::nullopt;
    auto doubt = known_->doubt(job.queue, job.type);
    if (!doubt || what_.strict)
      return doubt;
    // Once for each, and not without end.
    if (doubted_.size() >= warning_limit
        || !doubted_.emplace(job.queue, job.type).second)
      return std::nullopt;
    return doubt;
  }

  // -- batches out ------------------------------------------------------------

  exit_code store() {
    if (batch_.empty())
      return exit_code::done;
    auto code = store(batch_);
    if (code != exit_code::done)
      return code;
    stored_through_ = lines_.number();
    bytes_ = 0;
    ids_.clear();
    batch_.clear();
    progress();
    // Whoever can't see the ids must not be given more of them.
    if (!io_.out) {
      note(why_output_is_lost() + "; " + standing());
      return exit_code::failed;
    }
    return code;
  }

  /// A part of the batch; with --skip-existing, one that has a stored id is
  /// halved until it stands alone.
  exit_code store(std::span<numbered_job> part) {
    std::vector<new_job> jobs;
    jobs.reserve(part.size());
    for (const auto& each : part)
      jobs.push_back(each.job);
    auto done = to_.enqueue(jobs);
    if (done) {
      tell(part);
      return exit_code::done;
    }
    if (done.error().code != errc::job_already_exists || !what_.skip_existing)
      return refuse(part, done.error());
    if (part.size() == 1) {
      ++skipped_;
      return exit_code::done;
    }
    auto half = part.size() / 2;
    auto code = store(part.first(half));
    return code == exit_code::done ? store(part.subspan(half)) : code;
  }

  /// Ids for the caller, a hint for the workers.
  void tell(std::span<const numbered_job> part) {
    stored_ += part.size();
    std::set<std::string> due;
    for (const auto& each : part) {
      if (each.job.delay == 0us && !each.job.run_at)
        due.insert(each.job.queue);
      if (!what_.quiet)
        io_.out << each.job.id << '\n';
    }
    io_.out.flush();
    to_.wake({due.begin(), due.end()});
  }

  // -- messages ---------------------------------------------------------------

  /// What is stored for certain: whole batches, and the parts of this one that
  /// --skip-existing has stored.
  std::string standing() const {
    if (stored_ == 0)
      return "nothing is stored";
    if (stored_through_ == 0 || what_.skip_existing)
      return show_number(static_cast<std::int64_t>(stored_))
             + " jobs before it are stored";
    return "lines 1-" + std::to_string(stored_through_)
           + " are stored, nothing from line "
           + std::to_string(stored_through_ + 1) + " on";
  }

  exit_code refuse(std::uint64_t line, const std::string& why, exit_code code) {
    note("line " + std::to_string(line) + ": " + why + "; " + standing());
    return code;
  }

  exit_code refuse(std::span<const numbered_job> part, const error& why) {
    auto code = to_exit_code(why.code);
    // The store names the job; the line is ours to name.
    if (why.code == errc::job_already_exists)
      for (const auto& each : part)
        if (why.message.find("'" + each.job.id + "'") != std::string::npos)
          return refuse(each.line,
                        why.message + "; --skip-existing passes over such jobs",
                        code);
    auto lines = "lines " + std::to_string(part.front().line) + "-"
                 + std::to_string(part.back().line);
    if (why.code == errc::commit_unknown)
      note(lines + ": " + why.message
           + "; they are stored together or not at all, see callboard job "
           + part.front().job.id + "; the lines before them are stored");
    else
      note(lines + ": " + why.message + "; " + standing());
    return code;
  }

  void note(const std::string& message) {
    clear_progress();
    app::note(io_, message);
  }

  std::string figures() const {
    auto took = std::chrono::duration<double>(steady::now() - began_).count();
    auto rate = static_cast<std::int64_t>(static_cast<double>(stored_)
                                          / std::max(took, 0.001));
    auto text = show_number(static_cast<std::int64_t>(stored_))
                + (stored_ == 1 ? " job" : " jobs") + " stored";
    if (skipped_ != 0)
      text += ", " + show_number(static_cast<std::int64_t>(skipped_))
              + " skipped that existed";
    return text + " (" + show_number(rate) + "/s)";
  }

  void progress() {
    if (!io_.err_is_terminal || steady::now() - shown_ < progress_interval)
      return;
    shown_ = steady::now();
    io_.err << "\r\x1b[K" << figures() << std::flush;
  }

  void clear_progress() {
    if (io_.err_is_terminal)
      io_.err << "\r\x1b[K";
  }

  void summary() { note(figures()); }

  const enqueue_command& what_;
  job_sink& to_;
  const known_types* known_;
  console& io_;
  std::size_t arg_limit_;
  line_reader lines_;
  new_job defaults_;
  std::vector<numbered_job> batch_;
  /// Ids of the batch, with their lines.
  std::map<std::string, std::uint64_t> ids_;
  std::size_t bytes_ = 0;
  std::set<std::pair<std::string, std::string>> doubted_;
  std::uint64_t stored_ = 0;
  std::uint64_t skipped_ = 0;
  /// The last line of the last batch that is stored completely.
  std::uint64_t stored_through_ = 0;
  steady::time_point began_ = steady::now();
  steady::time_point shown_{};
};

} // namespace

exit_code store_lines(const enqueue_command& what, job_sink to,
                      const known_types* known, console& io) {
  return bulk{what, to, known, io}.run();
}

} // namespace callboard::app
