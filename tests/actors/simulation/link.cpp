#include "tests/actors/simulation/link.hpp"

#include "tests/actors/simulation/link_connection.hpp"

#include <algorithm>
#include <utility>

namespace callboard::simulation {

// -- wake-ups -----------------------------------------------------------------

std::shared_ptr<wake_wire::receiver> wake_wire::join() {
  auto made = std::make_shared<receiver>();
  std::erase_if(receivers_, [](const auto& x) { return x.expired(); });
  receivers_.push_back(made);
  return made;
}

void wake_wire::send(const std::vector<std::string>& queues) {
  for (const auto& one : receivers_)
    if (auto to = one.lock(); to && !(loses && loses()))
      to->queues.insert(to->queues.end(), queues.begin(), queues.end());
}

void wake_wire::tell_joined() {
  for (const auto& one : receivers_)
    if (auto to = one.lock(); to && !(loses && loses()))
      to->joined = true;
}

namespace {

class link_listener : public wake_listener {
public:
  explicit link_listener(std::shared_ptr<link::shared> to)
      : link_{std::move(to)}, mail_{link_->wire->join()} {}

  result<hints> wait(duration limit) override {
    auto fate = link_->hooks.fate("listen");
    link_->hooks.await(
        [this, fate] {
          return fate || mail_->interrupted || mail_->cut
                 || !mail_->queues.empty() || mail_->joined;
        },
        limit);
    if (fate || mail_->cut || link_->severed)
      return error{errc::database_unreachable, "the simulation cut the wire"};
    mail_->interrupted = false;
    auto found = std::exchange(mail_->queues, {});
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return hints{std::move(found), false, std::exchange(mail_->joined, false)};
  }

  void interrupt() noexcept override { mail_->interrupted = true; }

private:
  std::shared_ptr<link::shared> link_;
  std::shared_ptr<wake_wire::receiver> mail_;
};

} // namespace

// -- the link -----------------------------------------------------------------

link::link(std::shared_ptr<testing::memory_database> db, process_number who,
           ledger& books, link_hooks hooks, std::shared_ptr<wake_wire> wire)
    : shared_{std::make_shared<shared>(
        shared{std::move(db), who, books, std::move(hooks), std::move(wire)})} {
}

link::~link() = default;

void link::sever() {
  shared_->severed = true;
  for (const auto& one : shared_->open)
    if (auto connection = one.lock())
      connection->inner.reset();
  shared_->open.clear();
}

bool link::severed() const noexcept {
  return shared_->severed;
}

result<std::unique_ptr<job_store>> link::connect() {
  return shared_->call<std::unique_ptr<job_store>>(
      "connect", nullptr, [&]() -> result<std::unique_ptr<job_store>> {
        auto made = shared_->db->connect();
        if (!made)
          return made.error();
        auto line = std::make_shared<connection_line>();
        line->inner = std::move(*made);
        std::erase_if(shared_->open, [](const auto& x) { return x.expired(); });
        shared_->open.push_back(line);
        return make_connection(shared_, std::move(line));
      });
}

bool link::single_writer() const noexcept {
  return shared_->db->single_writer();
}

result<std::unique_ptr<wake_listener>> link::listen() {
  if (!shared_->wire)
    return error{errc::unsupported, "the simulation has no wake-ups"};
  return shared_->call<std::unique_ptr<wake_listener>>(
      "listen", nullptr, [&]() -> result<std::unique_ptr<wake_listener>> {
        return std::unique_ptr<wake_listener>{
            std::make_unique<link_listener>(shared_)};
      });
}

result<schema_status> link::schema() {
  return shared_->db->schema();
}

result<schema_status> link::migrate() {
  return shared_->db->migrate();
}

const std::string& link::name() const noexcept {
  return shared_->db->name();
}

const database_options& link::options() const noexcept {
  return shared_->db->options();
}

} // namespace callboard::simulation
