#include "tests/chaos/workload.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <chrono>
#include <utility>

namespace callboard::chaos {

namespace {

/// A kind of job: how often it comes, and what is drawn for it.
struct recipe {
  int weight;
  const char* queue;
  const char* type;
  int shortest, longest;
  int failures = 0;
  int steps = 0;
  int delay = 0;
  int max_attempts = 0;
};

constexpr std::array recipes{
    recipe{40, "quick", "plain", 0, 0},
    recipe{8, "quick", "plain", 0, 20, 0, 0, 3000},
    recipe{8, "quick", "retry", 0, 10, 3},
    recipe{5, "quick", "policy", 0, 10, 3},
    recipe{8, "quick", "again", 0, 10, 0, 4},
    recipe{3, "quick", "throw", 0, 10},
    recipe{5, "quick", "once", 0, 20, 0, 0, 0, 1},
    recipe{20, "slow", "plain", 50, 500},
    recipe{2, "slow", "plain", 800, 1500},
    recipe{4, "slow", "once", 50, 500, 0, 0, 0, 1},
    recipe{3, "slow", "retry", 50, 200, 2},
    recipe{4, "program", "program", 0, 150},
    recipe{2, "program", "program", 0, 50, 2},
    recipe{2, "program", "program", 0, 20, 0, 2},
    recipe{1, "program", "program_dead", 0, 20},
};

/// Those that the nodes leave to performers.
constexpr std::array remote_recipes{
    recipe{8, "remote", "plain", 0, 20},
    recipe{3, "remote", "plain", 0, 20, 0, 0, 3000},
    recipe{30, "remote", "plain", 100, 600},
    recipe{8, "remote", "plain", 800, 1500},
    recipe{4, "remote", "retry", 0, 200, 2},
    recipe{3, "remote", "again", 0, 100, 0, 3},
    recipe{6, "remote", "once", 100, 500, 0, 0, 0, 1},
    recipe{1, "remote", "throw", 0, 20},
    recipe{4, "remote", "program", 0, 300},
    recipe{2, "remote", "special", 0, 100},
};

constexpr std::array poisons{"poison_exit", "poison_abort", "poison_segv"};

} // namespace

workload::workload(std::string name, std::uint64_t seed, bool for_performers)
    : name_{std::move(name)}, for_performers_{for_performers}, engine_{seed} {}

std::int64_t workload::number(std::int64_t below) {
  return static_cast<std::int64_t>(engine_()
                                   % static_cast<std::uint64_t>(below));
}

std::vector<promise> workload::draw(std::size_t count) {
  std::vector<promise> jobs;
  for (std::size_t i = 0; i < count; ++i)
    jobs.push_back(draw_one());
  return jobs;
}

std::vector<promise> workload::draw_burst() {
  std::vector<promise> jobs(static_cast<std::size_t>(50 + number(200)));
  for (auto& each : jobs) {
    each.queue = "quick";
    each.type = "plain";
    each.what.milliseconds = static_cast<int>(number(8));
    each = named(std::move(each));
  }
  return jobs;
}

promise workload::draw_one() {
  int here = 0, elsewhere = 0;
  for (const auto& each : recipes)
    here += each.weight;
  for (const auto& each : remote_recipes)
    elsewhere += for_performers_ ? each.weight : 0;
  auto left = number(here + elsewhere);
  const auto* chosen = recipes.data();
  if (left >= here) {
    left -= here;
    chosen = remote_recipes.data();
  }
  for (left -= chosen->weight; left >= 0; left -= chosen->weight)
    ++chosen;
  auto up_to = [&](int most) {
    return most == 0 ? 0 : 1 + static_cast<int>(number(most));
  };
  auto span = chosen->longest - chosen->shortest;
  promise job;
  job.queue = chosen->queue;
  job.type = chosen->type;
  job.what = {chosen->shortest + up_to(span), up_to(chosen->failures),
              up_to(chosen->steps)};
  job.delay_ms = up_to(chosen->delay);
  job.max_attempts = chosen->max_attempts;
  return named(std::move(job));
}

promise workload::draw_poison() {
  promise job;
  job.queue = number(2) == 0 ? "quick" : "slow";
  job.type = poisons[static_cast<std::size_t>(
      number(static_cast<std::int64_t>(poisons.size())))];
  job.what.milliseconds = 20 + static_cast<int>(number(150));
  return named(std::move(job));
}

promise workload::named(promise job) {
  job.id = name_ + "-" + std::to_string(++count_);
  return job;
}

new_job to_new_job(const promise& job) {
  return {.queue = job.queue,
          .type = job.type,
          .arg = to_text(job.what),
          .id = job.id,
          .delay = std::chrono::milliseconds{job.delay_ms},
          .max_attempts = job.max_attempts};
}

std::string to_line(const promise& job) {
  boost::json::object line{{"queue", job.queue},
                           {"type", job.type},
                           {"arg", to_text(job.what)},
                           {"id", job.id}};
  if (job.delay_ms != 0)
    line["delay"] = std::to_string(job.delay_ms) + "ms";
  if (job.max_attempts != 0)
    line["max_attempts"] = job.max_attempts;
  return boost::json::serialize(line) + "\n";
}

} // namespace callboard::chaos
