#include "actors/testing/test_kit.hpp"

#include "actors/testing/kit_database.hpp"
#include "actors/testing/kit_node.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace callboard {

using actors::kit_node;

const char* to_string(performed_job::ending how) noexcept {
  switch (how) {
  case performed_job::ending::completed:
    return "completed";
  case performed_job::ending::retried:
    return "retried";
  case performed_job::ending::rescheduled:
    return "rescheduled";
  case performed_job::ending::dead:
    return "dead";
  case performed_job::ending::crashed:
    return "crashed";
  case performed_job::ending::hung:
    return "hung";
  case performed_job::ending::fenced:
    return "fenced";
  }
  return "unknown";
}

struct test_kit::impl {
  explicit impl(test_kit_options options)
      : node{std::move(options)}, guarded{actors::make_kit_database(
                                      node.db, {[this] { node.checkpoint(); },
                                                [this] {
                                                  return node.dying();
                                                }})},
        face{new_client()} {
    node.on_restart = [this] {
      // A new process has new connections; handlers keep the reference.
      face = new_client();
    };
  }

  client new_client() const {
    return client{guarded, {.node_name = "test-kit", .wake_others = false}};
  }

  kit_node node;
  database_ptr guarded;
  client face;
};

test_kit::test_kit(std::vector<worker_config> workers, test_kit_options options)
    : impl_{std::make_unique<impl>(std::move(options))} {
  upgrade(std::move(workers));
}

test_kit::~test_kit() = default;

void test_kit::upgrade(std::vector<worker_config> workers) {
  impl_->node.upgrade(std::move(workers));
}

// -- jobs in ------------------------------------------------------------------

client& test_kit::jobs() noexcept {
  return impl_->face;
}

std::string test_kit::enqueue(new_job job) {
  return impl_->face.enqueue(std::move(job));
}

std::vector<std::string> test_kit::bulk_enqueue(std::vector<new_job> jobs) {
  return impl_->face.bulk_enqueue(std::move(jobs));
}

// -- performing ---------------------------------------------------------------

std::optional<performed_job> test_kit::perform_next() {
  return impl_->node.perform_next();
}

std::size_t test_kit::perform_due() {
  return impl_->node.perform_due();
}

std::size_t test_kit::advance(duration by) {
  return impl_->node.perform_until(now() + by, false);
}

std::size_t test_kit::run_until_idle(duration most) {
  return impl_->node.perform_until(now() + most, true);
}

// -- looking ------------------------------------------------------------------

time_point test_kit::now() const noexcept {
  return impl_->node.now;
}

std::vector<job_info> test_kit::enqueued(std::string_view queue,
                                         std::string_view type) const {
  job_filter filter;
  filter.limit = 1000;
  if (!queue.empty())
    filter.queue = std::string{queue};
  if (!type.empty())
    filter.type = std::string{type};
  std::vector<job_info> all;
  for (;;) {
    auto page = impl_->node.store->list(filter, true).value();
    if (page.empty())
      break;
    filter.after = page.back().value.id;
    for (auto& x : page)
      if (x.state != job_state::running && x.state != job_state::dead)
        all.push_back(std::move(x));
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.value.run_at < b.value.run_at;
  });
  return all;
}

std::optional<job_info> test_kit::find(std::string_view id) const {
  return impl_->node.store->find(id).value();
}

std::vector<dead_letter> test_kit::dead_letters(std::string_view queue) const {
  dead_filter filter;
  filter.limit = std::numeric_limits<std::int32_t>::max();
  if (!queue.empty())
    filter.queue = std::string{queue};
  return impl_->node.store->dead_list(filter, true).value();
}

const std::vector<performed_job>& test_kit::performed() const noexcept {
  return impl_->node.done;
}

std::vector<performed_job> test_kit::performed(std::string_view id) const {
  std::vector<performed_job> found;
  for (const auto& x : impl_->node.done)
    if (x.value.id == id)
      found.push_back(x);
  return found;
}

std::optional<performed_job> test_kit::outcome_of(std::string_view id) const {
  auto all = performed(id);
  return all.empty() ? std::nullopt : std::optional{std::move(all.back())};
}

const std::vector<std::string>& test_kit::events() const noexcept {
  return impl_->node.told;
}

const std::vector<log_record>& test_kit::log() const noexcept {
  return impl_->node.logged;
}

const database_ptr& test_kit::db() const noexcept {
  return impl_->node.db;
}

// -- what people do -----------------------------------------------------------

cancel_answer test_kit::cancel(std::string_view id) {
  auto answer = impl_->node.store->cancel({std::string{id}}).value().front();
  if (impl_->node.running(id))
    impl_->node.stop(stop_reason::cancelled);
  return answer;
}

bool test_kit::retry_dead(std::string_view id) {
  dead_filter filter;
  filter.ids.emplace_back(id);
  return impl_->node.store->dead_retry(filter).value() > 0;
}

// -- inside of handlers -------------------------------------------------------

void test_kit::spend(duration by) {
  impl_->node.spend(by);
}

void test_kit::checkpoint() {
  impl_->node.checkpoint();
}

void test_kit::request_stop() {
  impl_->node.stop(stop_reason::closing);
}

void test_kit::lose_lease() {
  impl_->node.lose_lease();
}

// -- crashes ------------------------------------------------------------------

void test_kit::crash_at_checkpoint(std::size_t nth) {
  impl_->node.crash_checkpoint = impl_->node.checkpoints + nth;
}

void test_kit::crash_before_settle() {
  impl_->node.crash_settle = true;
}

std::size_t test_kit::checkpoints() const noexcept {
  return impl_->node.checkpoints;
}

std::size_t test_kit::crashes() const noexcept {
  return impl_->node.crashes;
}

bool test_kit::dying() const noexcept {
  return impl_->node.dying();
}

std::size_t crash_everywhere(const std::function<void(test_kit&)>& scenario,
                             const test_kit_options& options) {
  for (std::size_t point = 0;; ++point) {
    test_kit kit{{}, options};
    if (point > 0)
      kit.impl_->node.crash_point = point;
    scenario(kit);
    if (point > 0 && kit.crashes() == 0)
      return point - 1;
  }
}

std::size_t crash_everywhere(const std::function<void(test_kit&)>& scenario) {
  return crash_everywhere(scenario, {});
}

} // namespace callboard
