#include "actors/isolation/messages.hpp"

#include "actors/isolation/wire.hpp"

#include <cstring>
#include <utility>

namespace callboard::actors {

namespace {

constexpr std::size_t kept_capacity = 1 << 20;

// In the order of `message`.
enum class kind { greeting, assignment, readiness, refusal, log_line, answer };

// In the order of `outcome`; a reschedule has two forms.
enum class result_kind {
  completed,
  retried,
  failed,
  dead,
  rescheduled,
  rescheduled_by_cron
};

// Stands before each message.
struct header {
  std::uint32_t length;
  std::uint32_t kind;
};

time_point moment(std::int64_t micros) {
  return time_point{duration{micros}};
}

// -- to bytes -----------------------------------------------------------------

void put(wire_writer& to, result_kind what) {
  to.number(static_cast<std::int64_t>(what));
}

struct outcome_writer {
  wire_writer& to;

  void operator()(const completed&) const { put(to, result_kind::completed); }

  void operator()(const retried& x) const {
    put(to, result_kind::retried);
    to.number(x.after.count()).text(x.error);
  }

  void operator()(const failed& x) const {
    put(to, result_kind::failed);
    to.text(x.error);
  }

  void operator()(const dead& x) const {
    put(to, result_kind::dead);
    to.text(x.error);
  }

  void operator()(const rescheduled& x) const {
    if (const auto* after = std::get_if<duration>(&x.next)) {
      put(to, result_kind::rescheduled);
      to.number(after->count());
    } else {
      const auto& cron = std::get<cron_schedule>(x.next);
      put(to, result_kind::rescheduled_by_cron);
      to.text(cron.expression).text(cron.zone);
    }
    to.number(x.arg ? 1 : 0).text(x.arg.value_or(""));
  }
};

void put(wire_writer& to, const job& x) {
  to.text(x.id)
      .text(x.queue)
      .text(x.type)
      .text(x.arg)
      .text(x.request_id)
      .number(x.attempt)
      .number(x.max_attempts)
      .number(x.priority)
      .text(x.last_error)
      .number(x.run_at.time_since_epoch().count())
      .number(x.created_at.time_since_epoch().count());
}

struct message_writer {
  wire_writer& to;

  void operator()(const greeting& x) const {
    to.number(x.protocol)
        .text(x.queue)
        .number(x.memory)
        .number(x.cpu_time.count())
        .text(x.startup);
  }

  void operator()(const assignment& x) const {
    to.number(x.number);
    put(to, x.work);
    to.number(x.fence)
        .number(x.time_left ? 1 : 0)
        .number(x.time_left.value_or(duration{0}).count())
        .number(x.timeout.count());
  }

  void operator()(const readiness&) const {}

  void operator()(const refusal& x) const { to.text(x.reason); }

  void operator()(const log_line& x) const {
    to.number(static_cast<std::int64_t>(x.level)).text(x.text);
  }

  void operator()(const answer& x) const {
    to.number(x.number).number(x.exhausted ? 1 : 0);
    std::visit(outcome_writer{to}, x.what);
  }
};

// -- and back -----------------------------------------------------------------

std::optional<std::string> optional_text(wire_reader& from) {
  auto there = from.number() != 0;
  auto text = from.text();
  return there ? std::optional{std::move(text)} : std::nullopt;
}

outcome read_outcome(wire_reader& from) {
  switch (from.choice(result_kind::rescheduled_by_cron)) {
  case result_kind::retried: {
    auto after = duration{from.number()};
    return retried{after, from.text()};
  }
  case result_kind::failed:
    return failed{from.text()};
  case result_kind::dead:
    return dead{from.text()};
  case result_kind::rescheduled: {
    auto after = duration{from.number()};
    return rescheduled{after, optional_text(from)};
  }
  case result_kind::rescheduled_by_cron: {
    cron_schedule cron{from.text(), from.text()};
    return rescheduled{std::move(cron), optional_text(from)};
  }
  default:
    return completed{};
  }
}

job read_job(wire_reader& from) {
  job x;
  x.id = from.text();
  x.queue = from.text();
  x.type = from.text();
  x.arg = from.text();
  x.request_id = from.text();
  x.attempt = static_cast<std::int32_t>(from.number());
  x.max_attempts = static_cast<std::int32_t>(from.number());
  x.priority = static_cast<std::int16_t>(from.number());
  x.last_error = from.text();
  x.run_at = moment(from.number());
  x.created_at = moment(from.number());
  return x;
}

message read_message(kind which, wire_reader& from) {
  switch (which) {
  case kind::greeting: {
    greeting x;
    x.protocol = from.number();
    x.queue = from.text();
    x.memory = from.number();
    x.cpu_time = duration{from.number()};
    x.startup = from.text();
    return x;
  }
  case kind::assignment: {
    assignment x;
    x.number = from.number();
    x.work = read_job(from);
    x.fence = from.number();
    auto limited = from.number() != 0;
    auto left = duration{from.number()};
    if (limited)
      x.time_left = left;
    x.timeout = duration{from.number()};
    return x;
  }
  case kind::refusal:
    return refusal{from.text()};
  case kind::log_line: {
    auto level = from.choice(log_level::error);
    return log_line{level, from.text()};
  }
  case kind::answer: {
    answer x;
    x.number = from.number();
    x.exhausted = from.number() != 0;
    x.what = read_outcome(from);
    return x;
  }
  default:
    return readiness{};
  }
}

} // namespace

std::string encode(const message& what) {
  wire_writer body;
  std::visit(message_writer{body}, what);
  auto bytes = std::move(body).take();
  header front{static_cast<std::uint32_t>(bytes.size()),
               static_cast<std::uint32_t>(what.index())};
  bytes.insert(0, reinterpret_cast<const char*>(&front), sizeof front);
  return bytes;
}

void message_buffer::feed(std::string_view bytes) {
  if (taken_ == bytes_.size()) {
    // A large one must not hold its memory for ever.
    if (bytes_.capacity() > kept_capacity)
      bytes_ = {};
    bytes_.clear();
    taken_ = 0;
  } else if (taken_ > bytes_.size() / 2) {
    // Who never ends a piece with a message must not fill the memory.
    bytes_.erase(0, taken_);
    taken_ = 0;
  }
  bytes_ += bytes;
}

std::optional<message> message_buffer::next() {
  auto rest = std::string_view{bytes_}.substr(taken_);
  header front{};
  if (broken_ || rest.size() < sizeof front)
    return std::nullopt;
  std::memcpy(&front, rest.data(), sizeof front);
  broken_ = front.length > longest_message
            || front.kind >= std::variant_size_v<message>;
  rest.remove_prefix(sizeof front);
  if (broken_ || rest.size() < front.length)
    return std::nullopt;
  wire_reader from{rest.substr(0, front.length)};
  auto made = read_message(static_cast<kind>(front.kind), from);
  broken_ = !from.complete();
  if (broken_)
    return std::nullopt;
  taken_ += sizeof front + front.length;
  return made;
}

} // namespace callboard::actors
