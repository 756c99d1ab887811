#include "tests/support/memory_connection.hpp"
#include "tests/support/memory_listener.hpp"
#include "tests/support/memory_store.hpp"

#include <limits>
#include <utility>

namespace callboard::testing {

memory_database::memory_database(database_options options)
    : state_{std::make_shared<memory_state>()}, options_{std::move(options)} {
  state_->clock = options_.clock;
}

memory_database::~memory_database() = default;

result<std::unique_ptr<job_store>> memory_database::connect() {
  std::function<void(const operation&)> hook;
  {
    std::lock_guard lock{state_->mutex};
    hook = state_->hook;
  }
  if (hook)
    hook("connect");
  std::lock_guard lock{state_->mutex};
  ++state_->calls["connect"];
  if (auto struck = state_->draw_fault("connect"))
    return struck->why;
  if (state_->away)
    return error{errc::database_unreachable, "memory: the database is away"};
  auto connection = ++state_->last_connection;
  state_->open.insert(connection);
  return std::unique_ptr<job_store>{
      std::make_unique<memory_connection>(state_, connection)};
}

result<std::unique_ptr<wake_listener>> memory_database::listen() {
  std::lock_guard lock{state_->mutex};
  if (state_->listening) {
    ++state_->calls["listen"];
    if (state_->away)
      return error{errc::database_unreachable, "memory: the database is away"};
    auto connection = ++state_->last_connection;
    state_->open.insert(connection);
    state_->heard_by[connection];
    return std::unique_ptr<wake_listener>{
        std::make_unique<memory_listener>(state_, connection)};
  }
  return error{errc::unsupported, "memory: there are no wake-ups here"};
}

result<schema_status> memory_database::schema() {
  return schema_status{.version = 3, .required = 3, .needs = 1};
}

result<schema_status> memory_database::migrate() {
  return schema();
}

const std::string& memory_database::name() const noexcept {
  return name_;
}

const database_options& memory_database::options() const noexcept {
  return options_;
}

time_point memory_database::now() const {
  std::lock_guard lock{state_->mutex};
  return state_->now();
}

void memory_database::advance(duration by) {
  std::lock_guard lock{state_->mutex};
  state_->clock_now += by;
}

void memory_database::allow_listening() {
  std::lock_guard lock{state_->mutex};
  state_->listening = true;
}

void memory_database::fail(const operation& which, fault how, int times) {
  std::lock_guard lock{state_->mutex};
  state_->faults[which] = {std::move(how), times};
}

void memory_database::decide(
    std::function<std::optional<fault>(const operation&)> rule) {
  std::lock_guard lock{state_->mutex};
  state_->rule = std::move(rule);
}

void memory_database::before(std::function<void(const operation&)> hook) {
  std::lock_guard lock{state_->mutex};
  state_->hook = std::move(hook);
}

void memory_database::go_away() {
  break_connections();
  std::lock_guard lock{state_->mutex};
  state_->away = true;
}

void memory_database::back() {
  std::lock_guard lock{state_->mutex};
  state_->away = false;
}

void memory_database::break_connections() {
  std::lock_guard lock{state_->mutex};
  auto open = state_->open;
  for (auto connection : open)
    state_->close_connection(connection);
  state_->changed.notify_all();
}

void memory_database::bury_all_nodes() {
  std::lock_guard lock{state_->mutex};
  reclaim_report ignored;
  for (const auto& [id, x] : state_->nodes)
    state_->free_leases(id, "the test said so", state_->now(),
                        std::numeric_limits<std::int32_t>::max(), ignored);
  state_->nodes.clear();
}

std::size_t memory_database::calls(const operation& which) const {
  std::lock_guard lock{state_->mutex};
  auto found = state_->calls.find(which);
  return found == state_->calls.end() ? 0 : found->second;
}

std::vector<job_info> memory_database::jobs() const {
  std::lock_guard lock{state_->mutex};
  std::vector<job_info> all;
  for (const auto& [id, x] : state_->rows)
    all.push_back(state_->info(x));
  return all;
}

std::optional<job_info> memory_database::job(const std::string& id) const {
  std::lock_guard lock{state_->mutex};
  auto found = state_->rows.find(id);
  if (found == state_->rows.end())
    return std::nullopt;
  return state_->info(found->second);
}

std::vector<dead_letter> memory_database::dead() const {
  std::lock_guard lock{state_->mutex};
  std::vector<dead_letter> all;
  for (const auto& x : state_->dead)
    all.push_back(x.value);
  return all;
}

std::vector<settlement> memory_database::accepted() const {
  std::lock_guard lock{state_->mutex};
  return state_->accepted;
}

std::vector<std::string> memory_database::woken() const {
  std::lock_guard lock{state_->mutex};
  return state_->woken;
}

std::size_t memory_database::node_count() const {
  std::lock_guard lock{state_->mutex};
  return state_->nodes.size();
}

} // namespace callboard::testing
