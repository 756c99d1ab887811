#include "tests/actors/simulation/process.hpp"

#include "actors/supervisor/supervisor.hpp"
#include "store/model/new_job.hpp"
#include "tests/actors/simulation/process_impl.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace callboard::simulation {

using namespace callboard::actors;

namespace {

/// Goes back to the pool by itself. Stacks outlive processes: they are costly.
std::shared_ptr<testing::fiber> take_fiber() {
  static testing::fiber_pool pool;
  return {pool.take().release(), [](testing::fiber* ended) {
            pool.put(std::unique_ptr<testing::fiber>{ended});
          }};
}

} // namespace

process::impl::impl(process_setup with)
    : setup{std::move(with)}, name{setup.settings.node_name},
      seen{std::make_shared<witness>(setup.books, setup.number)},
      stage{std::make_unique<testing::actor_stage>()} {
  link_hooks hooks;
  hooks.fate = [this](const std::string& operation) {
    return down ? std::nullopt : setup.fate(operation);
  };
  hooks.sleep = [this](duration by) {
    if (by > std::chrono::seconds{1})
      setup.books.give_cause(setup.number);
    sleep(by);
  };
  hooks.await = [this](std::function<bool()> ready, duration limit) {
    await(std::move(ready), limit);
  };
  hooks.bury = setup.bury;
  database = std::make_shared<link>(setup.db, setup.number, setup.books,
                                    std::move(hooks), setup.wire);
  if (setup.books.recording)
    stage->overhear = [this](std::string line) {
      if (!down)
        setup.books.note("process " + std::to_string(setup.number) + "    "
                         + line);
    };
  auto settings = setup.settings;
  settings.observers.push_back(seen);
  settings.on_failure = [this](const error& why) {
    if (down)
      return;
    setup.books.note("process " + std::to_string(setup.number)
                     + " failed: " + to_string(why));
    failed = why;
  };
  supervisor_options tree{.db = database,
                          .settings = std::move(settings),
                          .numbers = std::make_shared<watched_counters>(),
                          .draw = [this] { return setup.chance.fraction(); },
                          .mode = spawn_mode::scheduled};
  tree.make_slot = [this](caf::actor_system& sys, slot_options slot) {
    if (slot.run->config().queue == "held")
      return testing::spawn_held_slot(sys, std::move(slot), desk);
    return spawn_slot(sys, std::move(slot));
  };
  desk->on_start = [this](const leased_job& work) {
    begin_held(work);
  };
  desk->on_loss = [this](const leased_job& work) {
    if (!down)
      setup.books.lost(work.fence);
  };
  supervisor = spawn_supervisor(stage->system(), std::move(tree));
}

process::impl::~impl() {
  down = true;
  seen->mute();
  database->sever();
  own_connection.reset();
  // Nothing that they do from here on is seen by anybody.
  while (!waiters.empty())
    go_on(waiters.size() - 1);
  performers.clear();
  supervisor = nullptr;
  stage.reset();
}

// -- who goes on next ---------------------------------------------------------

void process::impl::await(std::function<bool()> ready, duration limit) {
  auto until = setup.now + limit;
  auto over = [&] {
    return down || setup.now >= until || (ready && ready());
  };
  // Outside of a fiber the process is being ended.
  if (over() || !testing::fiber::on_one())
    return;
  // `on_fiber` makes it a waiter with the fiber.
  waiters.push_back({.at = until, .ready = ready, .go_on = nullptr});
  testing::fiber::pause();
}

void process::impl::schedule(duration in, std::function<bool()> ready,
                             std::function<void()> what) {
  waiters.push_back({setup.now + in, std::move(ready), std::move(what)});
}

void process::impl::on_fiber(std::function<void()> what) {
  auto one = take_fiber();
  struct runner {
    impl* self;
    std::shared_ptr<testing::fiber> one;

    // After each pause: whoever waits last is this fiber.
    void look() {
      if (!one->ended()) {
        self->waiters.back().go_on = [next = *this]() mutable {
          next.one->go_on();
          next.look();
        };
      }
    }
  };
  one->start(std::move(what));
  runner{this, one}.look();
}

void process::impl::go_on(std::size_t at) {
  auto next = std::move(waiters[at]);
  waiters.erase(waiters.begin() + static_cast<std::ptrdiff_t>(at));
  next.go_on();
}

// -- the face -----------------------------------------------------------------

process::process(process_setup setup)
    : impl_{std::make_unique<impl>(std::move(setup))} {}

process::~process() = default;

process_number process::number() const {
  return impl_->setup.number;
}

const std::string& process::node_name() const {
  return impl_->name;
}

std::size_t process::ready() const {
  if (impl_->frozen)
    return 0;
  auto waiting
      = std::count_if(impl_->waiters.begin(), impl_->waiters.end(),
                      [this](const auto& x) { return impl_->can_go_on(x); });
  return impl_->stage->ready() + static_cast<std::size_t>(waiting);
}

void process::step() {
  auto& all = *impl_;
  std::vector<std::size_t> waiting;
  for (std::size_t i = 0; i < all.waiters.size(); ++i)
    if (all.can_go_on(all.waiters[i]))
      waiting.push_back(i);
  auto& chance = all.setup.chance;
  auto actors = all.stage->ready();
  if (actors + waiting.size() == 0)
    return;
  auto pick = chance.below(actors + waiting.size());
  if (all.lag_steps > 0) {
    --all.lag_steps;
    for (int i = 0;
         i < 4 && pick < actors && all.stage->name_of(pick) == all.lagging; ++i)
      pick = chance.below(actors + waiting.size());
  }
  if (pick >= actors)
    return all.go_on(waiting[pick - actors]);
  all.on_fiber([&all, pick] { all.stage->run(pick); });
}

void process::lag(std::string actor) {
  impl_->lagging = std::move(actor);
  impl_->lag_steps = 100;
  impl_->setup.books.give_cause(number());
}

void process::advance(duration by) {
  impl_->stage->advance(by);
}

std::optional<duration> process::next_event() const {
  if (impl_->frozen)
    return std::nullopt;
  auto next = impl_->stage->next_timeout();
  for (const auto& x : impl_->waiters) {
    if (x.at == duration::max())
      continue;
    auto in = std::max(x.at - impl_->setup.now, duration{0});
    next = next ? std::min(*next, in) : in;
  }
  return next;
}

void process::freeze() {
  impl_->setup.books.give_cause(number());
  impl_->setup.books.note("process " + std::to_string(number()) + " freezes");
  impl_->frozen = true;
}

void process::thaw() {
  impl_->setup.books.note("process " + std::to_string(number()) + " thaws");
  impl_->frozen = false;
}

bool process::frozen() const {
  return impl_->frozen;
}

bool process::kill_actor(const std::string& actor) {
  auto found = impl_->stage->living(actor);
  if (found.empty())
    return false;
  auto& books = impl_->setup.books;
  books.note("kills a " + actor + " of process " + std::to_string(number()));
  // The lock goes with its session, and that with the whole.
  if (actor != "slot" && actor != "poller" && actor != "performer")
    books.give_cause(number());
  books.hurt(number());
  testing::actor_stage::kill(impl_->setup.chance.one_of(found));
  return true;
}

bool process::doomed() const {
  return impl_->doomed;
}

const std::optional<error>& process::failed() const {
  return impl_->failed;
}

std::size_t process::alive(const std::string& actor) const {
  return impl_->stage->living(actor).size();
}

bool process::empty() const {
  return alive("") == alive("performer");
}

} // namespace callboard::simulation
