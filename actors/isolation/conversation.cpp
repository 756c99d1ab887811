#include "actors/isolation/conversation.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

namespace callboard::actors {

namespace {

using namespace std::chrono_literals;

// A process that is not ready by then never will be.
constexpr auto start_limit = 60s;

constexpr auto foreign_words
    = "something but Callboard wrote to its descriptor 3";

std::string in_words(duration span) {
  if (span % 1s == 0us)
    return std::to_string(span / 1s) + " s";
  if (span % 1ms == 0us)
    return std::to_string(span / 1ms) + " ms";
  return std::to_string(span.count()) + " us";
}

// The job carries the number of its deaths in its error, which is stored with
// every failed attempt: so it counts over all nodes, and any other outcome ends
// the row.
constexpr auto death_mark = "; death ";

std::int32_t deaths_in(std::string_view last_error) {
  std::int32_t deaths = 0;
  auto at = last_error.rfind(death_mark);
  if (at != last_error.npos) {
    last_error.remove_prefix(at + std::string_view{death_mark}.size());
    std::from_chars(last_error.data(), last_error.data() + last_error.size(),
                    deaths);
  }
  return std::max(deaths, 0);
}

std::string now_in_words() {
  auto now = ::time(nullptr);
  tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  auto size
      = ::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

} // namespace

conversation::conversation(isolated_child& with, const job& work, context& ctx)
    : child_{with}, work_{work}, ctx_{ctx}, stop_{ctx.stop()},
      start_limit_{clock::now() + start_limit} {
  assignment call{.number = ++child_.jobs_,
                  .work = work,
                  .fence = ctx.fence(),
                  .time_left = std::nullopt,
                  .timeout = ctx.timeout()};
  // A middleware may have given it one.
  call.work.request_id = ctx.request_id();
  if (ctx.deadline())
    call.time_left
        = std::chrono::duration_cast<duration>(*ctx.deadline() - clock::now());
  const auto& plan = *child_.plan_;
  if (child_.jobs_ == 1)
    unsent_ = encode(greeting{.queue = plan.queue,
                              .memory = plan.settings.memory,
                              .cpu_time = plan.settings.cpu_time,
                              .startup = plan.settings.startup});
  unsent_ += encode(call);
  rest_ = unsent_;
  on_stop_.emplace(stop_,
                   [fd = child_.stop_.get()] { ::eventfd_write(fd, 1); });
}

conversation::~conversation() {
  on_stop_.reset();
  eventfd_t ignored = 0;
  if (stop_.stop_requested())
    ::eventfd_read(child_.stop_.get(), &ignored);
}

isolated_child::performance conversation::run() {
  send();
  while (!answer_ && refused_.empty() && !dead_) {
    attend();
    interrupt_if_due();
  }
  if (answer_) {
    auto exhausted = answer_->exhausted || killed_;
    return {std::move(answer_->what), false, !exhausted && !dead_};
  }
  if (!refused_.empty())
    return {fail("the process of its handler can't work: " + refused_), false,
            false};
  return ended();
}

// Waits for something to happen, and serves it.
void conversation::attend() {
  auto sending = rest_.empty() ? 0 : POLLOUT;
  std::array<pollfd, 3> watched{
      {{child_.line_.get(), static_cast<short>(POLLIN | sending), 0},
       {child_.death_.get(), POLLIN, 0},
       {interrupted() ? -1 : child_.stop_.get(), POLLIN, 0}}};
  // Nothing more can come that counts, but the end of the process.
  if (line_ended_ || broken())
    watched[0].fd = -1;
  auto limit = -1;
  if (auto next = next_moment()) {
    auto left
        = std::chrono::ceil<std::chrono::milliseconds>(*next - clock::now());
    limit = static_cast<int>(
        std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
  }
  if (::poll(watched.data(), watched.size(), limit) <= 0)
    return;
  // What it said before it died counts, so the line comes last.
  dead_ = watched[1].revents != 0;
  if ((watched[0].revents & POLLOUT) != 0)
    send();
  if ((watched[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 || dead_)
    receive();
}

// -- what is said
// -------------------------------------------------------------

void conversation::send() {
  while (!rest_.empty()) {
    auto sent
        = ::send(child_.line_.get(), rest_.data(), rest_.size(), MSG_NOSIGNAL);
    if (sent > 0)
      rest_.remove_prefix(static_cast<std::size_t>(sent));
    else if (errno != EINTR)
      return;
  }
}

void conversation::receive() {
  std::array<char, 16384> part;
  while (!answer_ && refused_.empty() && !broken()) {
    auto got = ::recv(child_.line_.get(), part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && errno == EAGAIN)
      return;
    if (got <= 0) {
      line_ended_ = true;
      return;
    }
    child_.heard_.feed({part.data(), static_cast<std::size_t>(got)});
    while (auto next = broken() ? std::nullopt : child_.heard_.next())
      take(*next);
    if (child_.heard_.broken())
      kill(foreign_words);
    // A short read has emptied the line.
    if (static_cast<std::size_t>(got) < part.size())
      return;
  }
}

void conversation::take(message& what) {
  if (std::get_if<readiness>(&what)) {
    child_.ready_ = true;
  } else if (auto* why = std::get_if<refusal>(&what)) {
    refused_ = why->reason.empty() ? "no reason given" : why->reason;
  } else if (auto* line = std::get_if<log_line>(&what)) {
    ctx_.log(line->level, std::move(line->text));
  } else if (auto* said = std::get_if<answer>(&what);
             said && said->number == child_.jobs_ && !answer_) {
    answer_ = std::move(*said);
  } else {
    kill(foreign_words);
  }
}

// -- how it ends
// --------------------------------------------------------------

std::optional<conversation::clock::time_point>
conversation::next_moment() const {
  std::optional<clock::time_point> next;
  if (!interrupted())
    next = ctx_.deadline();
  else if (!killed_)
    next = kill_at_;
  if (!child_.ready_ && !killed_)
    next = next ? std::min(*next, start_limit_) : start_limit_;
  return next;
}

void conversation::interrupt_if_due() {
  auto now = clock::now();
  auto late = ctx_.deadline() && now >= *ctx_.deadline();
  if (!interrupted() && (late || stop_.stop_requested())) {
    auto why = ctx_.why_stopped();
    interrupted_ = why == stop_reason::none ? stop_reason::timed_out : why;
    kill_at_ = now + child_.plan_->settings.kill_after;
    stop_call call{child_.jobs_, interrupted_};
    ::send(child_.control_.get(), &call, sizeof call, MSG_NOSIGNAL);
    // The process itself outlives it; the programs that the handler may have
    // started need not. A stopped process would sleep through it.
    ::kill(-child_.pid_, SIGTERM);
    ::kill(-child_.pid_, SIGCONT);
  } else if (interrupted() && !killed_ && now >= *kill_at_) {
    kill("");
  }
  if (!child_.ready_ && !killed_ && now >= start_limit_)
    kill("it was not ready after " + in_words(start_limit)
         + "; does main begin with serve_isolated?");
}

void conversation::kill(std::string why) {
  if (killed_)
    return;
  killed_ = true;
  killed_because_ = std::move(why);
  ::kill(-child_.pid_, SIGKILL);
}

isolated_child::performance conversation::ended() {
  auto fresh = child_.jobs_ == 1;
  // An idle one that died meanwhile: it had no time to begin.
  auto untouched = !fresh && !rest_.empty() && !interrupted();
  auto pid = child_.pid_;
  auto end = child_.reap();
  auto text = describe(end) + " (process " + std::to_string(pid) + " on node "
              + child_.plan_->node_name + ", " + now_in_words();
  if (!by_itself(end))
    return {fail(text + ")"), untouched, false};
  auto limit = child_.plan_->max_deaths;
  auto deaths = deaths_in(work_.last_error) + 1;
  text += death_mark + std::to_string(deaths) + " of " + std::to_string(limit)
          + ")";
  return {deaths < limit ? fail(text) : move_to_dlq(text), untouched, false};
}

bool conversation::by_itself(const program_end& end) const {
  auto limited = end.how == program_end::kind::killed && end.code == SIGXCPU;
  return child_.ready_ && !interrupted() && !killed_ && !limited;
}

std::string conversation::interruption() const {
  if (!interrupted())
    return {};
  if (interrupted_ != stop_reason::timed_out)
    return std::string{"stopped ("} + to_string(interrupted_) + "): ";
  auto limit = ctx_.timeout();
  return limit > duration{0} ? "timed out after " + in_words(limit) + ": "
                             : "timed out: ";
}

std::string conversation::describe(const program_end& end) const {
  auto text = interruption();
  auto by_us
      = end.how == program_end::kind::killed && end.code == SIGKILL && killed_;
  const auto& settings = child_.plan_->settings;
  if (by_us && !killed_because_.empty())
    return text + "the handler's process was killed by Callboard: "
           + killed_because_;
  if (by_us)
    return text + "the handler's process did not end within "
           + in_words(settings.kill_after) + " and was killed by SIGKILL";
  text += child_.ready_ ? "the handler's process "
                        : "the handler's process died while it started: it ";
  switch (end.how) {
  case program_end::kind::exited:
    return text + "exited with code " + std::to_string(end.code)
           + " before the handler had answered";
  case program_end::kind::killed:
    text += "was " + to_string(end);
    if (end.code == SIGXCPU && settings.cpu_time > duration{0})
      text += ", having used more than its cpu_time of "
              + in_words(settings.cpu_time);
    else if (end.code == SIGKILL)
      text += " from outside, such as by the system when memory is short";
    return text;
  default:
    return text + "ended, and " + to_string(end);
  }
}

} // namespace callboard::actors
