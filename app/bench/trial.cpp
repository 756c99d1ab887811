#include "app/bench/trial.hpp"

#include "app/bench/child_member.hpp"
#include "app/cli/text.hpp"

#include <algorithm>
#include <ostream>

namespace callboard::app::bench {

using namespace std::chrono_literals;
using clock = ledger::clock;

namespace {

constexpr auto tick = 1ms;
/// Where single jobs are timed, which each look could hold up.
constexpr auto rare_tick = 20ms;
constexpr auto progress_interval = 200ms;
/// How long members may take to end after something failed.
constexpr auto last_patience = 10s;

bool is_paced(mode what) {
  return what == mode::idle || what == mode::steady;
}

/// Whether the jobs come from all who perform; else from this process.
bool all_produce(mode what) {
  return what == mode::enqueue || what == mode::bulk || what == mode::flow;
}

std::string in_words(std::uint64_t count) {
  return show_number(static_cast<std::int64_t>(count));
}

} // namespace

double measurement::per_second() const noexcept {
  return static_cast<double>(jobs) / std::max(took.count(), 1e-9);
}

trial::trial(const options& how, const target& place, part_plan common,
             mode what, signal_waiter& signals, console& io)
    : how_{how}, place_{place}, common_{std::move(common)}, what_{what},
      signals_{signals}, io_{io}, book_{is_paced(what) ? how.samples
                                                       : how.jobs} {
  common_.ledger = book_.path();
}

result<measurement> trial::run() {
  gather();
  auto seen = measure();
  if (!seen)
    wind_down();
  clear_progress();
  return seen;
}

void trial::gather() {
  members_.reserve(how_.processes + 1);
  members_.push_back(
      {std::make_unique<local_member>(place_.db, place_.node, common_, book_)});
  for (std::size_t i = 1; i <= how_.processes; ++i) {
    auto plan = common_;
    plan.number = i;
    auto tell = [this](const std::string& line) {
      clear_progress();
      note(io_, line);
    };
    // It tells when it is there.
    members_.push_back({std::make_unique<child_member>(plan, tell), true});
  }
}

result<measurement> trial::measure() {
  if (auto there = await_answers(); !there)
    return there.error();
  measurement seen;
  seen.what = what_;
  seen.jobs = book_.jobs();
  auto all = [](result<void> a, auto... next) {
    ((a = a ? next() : a), ...);
    return a;
  };
  auto begin = clock::now();
  auto end = begin;
  auto start_clock = [&]() -> result<void> {
    begin = clock::now();
    return {};
  };
  auto stop_clock = [&]() -> result<void> {
    end = clock::now();
    return {};
  };
  auto produced = [this] {
    return produce();
  };
  auto performing = [this] {
    return perform();
  };
  auto performed = [this] {
    return await_performed();
  };
  auto stored = [this] {
    return store_all();
  };
  auto done = result<void>{};
  if (what_ == mode::enqueue || what_ == mode::bulk)
    done = all(prepare(), start_clock, produced, stop_clock, performing,
               performed);
  else if (what_ == mode::drain)
    done = all(prepare(), stored, start_clock, performing, performed,
               stop_clock);
  else
    done = all(prepare(), performing, start_clock, produced, performed,
               stop_clock);
  done = all(done, [this] { return close(); });
  if (!done)
    return done.error();
  seen.took = end - begin;
  seen.verdict = book_.check();
  if (what_ == mode::enqueue || what_ == mode::bulk)
    seen.calls = book_.calls();
  else if (what_ != mode::drain)
    seen.pickups = book_.pickups();
  return seen;
}

// -- orders -------------------------------------------------------------------

std::vector<trial::entry*> trial::performers() {
  std::vector<entry*> chosen;
  for (std::size_t i = members_.size() == 1 ? 0 : 1; i < members_.size(); ++i)
    chosen.push_back(&members_[i]);
  return chosen;
}

result<void> trial::store_all() {
  give(members_.front(),
       production{.last = book_.jobs(),
                  .producers = how_.producers,
                  .bulk = std::max<std::size_t>(how_.bulk, 100)});
  return await_answers();
}

std::vector<trial::entry*> trial::producers() {
  return all_produce(what_) ? performers()
                            : std::vector<entry*>{&members_.front()};
}

result<void> trial::produce() {
  auto who = producers();
  auto jobs = book_.jobs();
  for (std::size_t i = 0; i < who.size(); ++i)
    give(*who[i], production{.first = jobs * i / who.size(),
                             .last = jobs * (i + 1) / who.size(),
                             .producers = how_.producers,
                             .bulk = what_ == mode::bulk ? how_.bulk : 1,
                             .rate = what_ == mode::steady ? how_.rate : 0,
                             .one_by_one = what_ == mode::idle});
  return await_answers();
}

result<void> trial::prepare() {
  auto produce_only = what_ == mode::enqueue || what_ == mode::bulk;
  auto threads = what_ == mode::drain ? 0
                 : is_paced(what_)    ? 1
                                      : how_.producers;
  auto is_among = [](const std::vector<entry*>& some, const entry& one) {
    return std::find(some.begin(), some.end(), &one) != some.end();
  };
  auto performing = performers();
  auto producing = producers();
  // Who only stores jobs is no node, as a web service is none.
  for (auto& each : members_) {
    preparation needs{.performs = !produce_only && is_among(performing, each),
                      .producers = is_among(producing, each) ? threads : 0};
    if (needs.performs || needs.producers > 0)
      give(each, needs);
  }
  return await_answers();
}

result<void> trial::perform() {
  for (auto* each : performers())
    give(*each, work_order{});
  return await_answers();
}

result<void> trial::await_performed() {
  return until(
      [this] {
        return book_.begun() >= book_.jobs() && book_.settled() >= book_.jobs();
      },
      // The clock stops when the end is seen. Each look before costs those who
      // work a switch of threads.
      [this] {
        return book_.begun() < book_.jobs() - book_.jobs() / 10 ? 10 * tick
                                                                : tick;
      });
}

result<void> trial::close() {
  for (auto& each : members_)
    give(each, close_order{});
  return await_answers();
}

/// Something failed: whoever still works ends it, so that little is left.
void trial::wind_down() {
  auto deadline
      = clock::now() + std::min<duration>(last_patience, how_.patience);
  auto rest = [&] {
    for (auto& each : members_)
      while (each.busy && clock::now() < deadline) {
        // What goes wrong now is not the cause.
        if (each.who->answer())
          each.busy = false;
        else
          static_cast<void>(signals_.wait(tick));
      }
  };
  for (auto& each : members_)
    each.who->stop();
  rest();
  for (auto& each : members_)
    if (!each.busy)
      give(each, close_order{});
  rest();
}

// -- looking after them -------------------------------------------------------

void trial::give(entry& to, const order& what) {
  to.who->give(what);
  to.busy = true;
}

result<void> trial::await_answers() {
  auto answered = [this] {
    return std::none_of(members_.begin(), members_.end(),
                        [](const entry& each) { return each.busy; });
  };
  // The clock stops with the last job, not with the answer.
  return until(answered, [this] { return is_paced(what_) ? rare_tick : tick; });
}

result<void>
trial::until(const std::function<bool()>& done,
             const std::function<std::chrono::milliseconds()>& pause) {
  moved_at_ = clock::now();
  for (;;) {
    if (auto heard = hear(); !heard)
      return heard;
    if (done())
      return {};
    if (signals_.wait(pause()))
      return error{errc::closed, "the bench was stopped by a signal"};
    show_progress();
    if (auto moving = check_stall(); !moving)
      return moving;
  }
}

result<void> trial::hear() {
  for (auto& each : members_)
    if (auto answer = each.who->answer()) {
      each.busy = false;
      if (!*answer)
        return *answer;
    }
  return {};
}

result<void> trial::check_stall() {
  auto sum = book_.stored() + book_.begun() + book_.settled();
  auto now = clock::now();
  if (sum != moved_)
    moved_at_ = now;
  moved_ = sum;
  if (now - moved_at_ < how_.patience + how_.work)
    return {};
  return error{errc::internal,
               std::string{to_string(what_)} + ": nothing has happened for "
                   + show_span(how_.patience + how_.work) + ": of "
                   + in_words(book_.jobs()) + " jobs, "
                   + in_words(book_.stored()) + " are stored, "
                   + in_words(book_.begun()) + " performed and "
                   + in_words(book_.settled()) + " settled"};
}

void trial::show_progress() {
  if (!io_.err_is_terminal || clock::now() - shown_at_ < progress_interval)
    return;
  shown_at_ = clock::now();
  io_.err << "\r\x1b[K" << to_string(what_) << ": " << in_words(book_.stored())
          << " stored, " << in_words(book_.begun()) << " performed of "
          << in_words(book_.jobs()) << std::flush;
}

void trial::clear_progress() {
  if (io_.err_is_terminal)
    io_.err << "\r\x1b[K" << std::flush;
}

} // namespace callboard::app::bench
