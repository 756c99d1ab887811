#include "app/daemon/live_view.hpp"

#include "app/cli/table.hpp"
#include "app/cli/text.hpp"
#include "store/schedule/cron.hpp"

#include <spdlog/sinks/sink.h>

#include <algorithm>
#include <ctime>
#include <sstream>
#include <utility>

namespace callboard::app {

namespace {

constexpr std::size_t id_width = 8;
constexpr std::size_t error_width = 60;

/// The end of an id: generated ones begin with the time, and so alike.
std::string short_id(const std::string& id) {
  auto shown = printable(id);
  return shown.size() <= id_width || shown.size() != 36
             ? headline(shown, 24)
             : shown.substr(shown.size() - id_width);
}

std::string time_of_day(time_point moment) {
  auto seconds = std::chrono::system_clock::to_time_t(moment);
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[16];
  std::strftime(text, sizeof text, "%H:%M:%S", &local);
  return text;
}

std::string stamped(bool colours, time_point now, tint how, const char* symbol,
                    const std::string& words) {
  return paint(colours, tint::dim, time_of_day(now)) + "  "
         + paint(colours, how, std::string{symbol} + " " + words);
}

spdlog::sink_ptr bare(spdlog::sink_ptr out) {
  out->set_pattern("%v");
  return out;
}

} // namespace

live_view::live_view(spdlog::sink_ptr out, bool colours,
                     const config::settings& settings, clock_function now)
    : colours_{colours}, now_{std::move(now)},
      // The queue's thread may outlive the view.
      lines_{bare(std::move(out)), [colours, time = now_](std::uint64_t lines) {
               return stamped(colours, time(), tint::yellow, "!",
                              show_number(static_cast<std::int64_t>(lines))
                                  + " lines that nobody read are left out");
             }} {
  for (const auto& queue : settings.queues)
    for (const auto& [name, type] : queue.types) {
      attempts_[{queue.name, name}] = type.options.retry.max_attempts;
      name_width_ = std::max(name_width_, shown_width(queue.name + "/" + name));
    }
}

void live_view::job_started(const job_facts& job) {
  line(job, tint::blue, "▶",
       job.attempt > 1 ? "started, attempt " + std::to_string(job.attempt)
                       : "started");
}

void live_view::job_completed(const job_facts& job, duration took) {
  line(job, tint::green, "✔", "done in " + show_span(took));
  std::lock_guard lock{mutex_};
  ++tallies_[{job.queue, job.type}].done;
}

void live_view::job_rescheduled(const job_facts& job, duration took,
                                const next_run& next) {
  auto words = "ran in " + show_span(took) + ", again ";
  if (const auto* after = std::get_if<duration>(&next)) {
    words += "in " + show_span(*after);
  } else {
    auto parsed = cron::parse(std::get<cron_schedule>(next));
    auto when = parsed ? parsed->next(now_()) : std::nullopt;
    words += (when ? "at " + time_of_day(*when) + " " : "") + "by cron";
  }
  line(job, tint::cyan, "↻", words);
  std::lock_guard lock{mutex_};
  ++tallies_[{job.queue, job.type}].rescheduled;
}

void live_view::job_will_be_retried(const job_facts& job, duration,
                                    duration after, const std::string& error) {
  line(job, tint::yellow, "✖",
       "failed (" + attempt_of(job) + "): " + headline(error, error_width)
           + ", again "
           + (after.count() == 0 ? "at once" : "in " + show_span(after)));
  std::lock_guard lock{mutex_};
  ++tallies_[{job.queue, job.type}].retried;
}

void live_view::job_moved_to_dlq(const job_facts& job, duration,
                                 const std::string& error) {
  line(job, tint::red, "✝", "dead: " + headline(error, error_width));
  std::lock_guard lock{mutex_};
  ++tallies_[{job.queue, job.type}].dead;
}

void live_view::worker_error(const std::string& queue, const error& what) {
  line(tint::red, "!",
       (queue.empty() ? "" : printable(queue) + ": ")
           + printable(what.message));
}

void live_view::outcome_fenced(const job_facts& job) {
  line(job, tint::yellow, "⊘",
       "its outcome came too late: another node has the job");
}

void live_view::handler_hung(const job_facts& job, duration ran) {
  line(job, tint::red, "!",
       "did not stop after its timeout, in " + show_span(ran)
           + " now: it was given up, its slot replaced");
}

void live_view::jobs_reclaimed(std::size_t count, const std::string& nodes) {
  line(tint::yellow, "!",
       std::to_string(count) + (count == 1 ? " job" : " jobs")
           + " taken back from dead nodes: " + printable(nodes));
}

void live_view::print_summary() {
  write("");
  {
    std::lock_guard lock{mutex_};
    if (tallies_.empty()) {
      write("No job was performed.");
    } else {
      std::ostringstream text;
      summary().print(text, colours_);
      auto lines = std::move(text).str();
      // The queue ends each.
      lines.pop_back();
      write(lines);
    }
  }
  flush();
}

table live_view::summary() const {
  table rows{{"QUEUE", "TYPE", "DONE", "RETRIED", "RESCHEDULED", "DEAD"}};
  for (std::size_t column = 2; column < 6; ++column)
    rows.right(column);
  auto number = [](std::uint64_t n) {
    return show_number(static_cast<std::int64_t>(n));
  };
  for (const auto& [name, count] : tallies_)
    rows.add({printable(name.first), printable(name.second), number(count.done),
              number(count.retried), number(count.rescheduled),
              number(count.dead)});
  return rows;
}

void live_view::line(const job_facts& job, tint how, const char* symbol,
                     const std::string& words) {
  auto name = printable(job.queue + "/" + job.type);
  auto width = std::max(name_width_, shown_width(name));
  name.append(width - shown_width(name), ' ');
  write(paint(colours_, tint::dim, time_of_day(now_())) + "  "
        + paint(colours_, tint::bold, name) + "  "
        + paint(colours_, tint::dim, short_id(job.id)) + "  "
        + paint(colours_, how, std::string{symbol} + " " + words));
}

void live_view::line(tint how, const char* symbol, const std::string& words) {
  write(stamped(colours_, now_(), how, symbol, words));
}

void live_view::write(const std::string& line) {
  lines_.write(spdlog::level::info, line);
}

std::string live_view::attempt_of(const job_facts& job) const {
  auto text = "attempt " + std::to_string(job.attempt);
  auto known = attempts_.find({job.queue, job.type});
  if (known == attempts_.end() || known->second == 0)
    return text;
  return text + " of " + std::to_string(known->second);
}

} // namespace callboard::app
