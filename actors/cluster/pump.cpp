#include "actors/cluster/pump.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>

#include <utility>

namespace callboard::actors {

namespace {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;

// Looks at the time so often within one time of silence.
constexpr int looks = 8;

// What is still to leave has so long after `hang_up`.
constexpr auto parting_time = std::chrono::seconds{1};

// So long CAF has to close its end after we closed ours.
constexpr auto inner_time = std::chrono::seconds{5};

std::string seconds(duration x) {
  auto tenths
      = std::chrono::duration_cast<std::chrono::milliseconds>(x).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

std::string reason(const boost::system::error_code& failure) {
  if (failure == asio::error::eof
      || failure == asio::ssl::error::stream_truncated
      || failure == asio::error::connection_reset)
    return "the peer closed the connection";
  if (failure.category() == asio::error::get_ssl_category())
    return "TLS: " + failure.message()
           + " (does the peer accept our certificate?)";
  return failure.message();
}

} // namespace

pump::pump(guard_thread& thread, std::unique_ptr<channel> outer,
           local::socket inner, std::shared_ptr<line_books> books,
           const guard_options& options)
    : thread_{thread}, outer_{std::move(outer)}, inner_{std::move(inner)},
      books_{std::move(books)}, silence_{options.silence},
      admission_time_{options.handshake_time},
      unread_messages_{options.unread_messages},
      unread_bytes_{options.unread_bytes},
      held_limit_{options.held_bytes}, timer_{thread.io()} {
  ++books_->lines;
}

pump::~pump() {
  --books_->lines;
  forget();
}

void pump::start() {
  timer_.expires_after(admission_time_);
  timer_.async_wait([self = shared_from_this()](failure_code failure) {
    if (!failure && !self->frames_)
      self->finish("this process did not take the connection up");
  });
}

void pump::admit(frame_rules rules,
                 std::function<void(const std::string&)> over) {
  thread_.hand_over([self = shared_from_this(), rules = std::move(rules),
                     over = std::move(over)]() mutable {
    if (self->finished_)
      return over("the connection ended early");
    self->frames_.emplace(std::move(rules));
    self->over_ = std::move(over);
    self->heard_at_ = self->watched_at_ = clock::now();
    self->watch();
    self->read_outer();
    self->read_inner();
  });
}

// -- the time -----------------------------------------------------------------

void pump::watch() {
  timer_.expires_after(silence_ / looks);
  timer_.async_wait([self = shared_from_this()](failure_code failure) {
    if (failure || self->finished_)
      return;
    auto now = clock::now();
    // This process may have been stopped: the others were not silent then.
    if (now - self->watched_at_ > self->silence_ / 2)
      self->heard_at_ = self->writes_since_ = now;
    self->watched_at_ = now;
    if (self->reading_ && now - self->heard_at_ > self->silence_)
      return self->finish("nothing came for " + seconds(self->silence_));
    if (self->writing_ && now - self->writes_since_ > 2 * self->silence_)
      return self->finish("the peer takes nothing in for "
                          + seconds(2 * self->silence_));
    self->watch();
  });
}

// -- from the peer to CAF -----------------------------------------------------

bool pump::has_room() const {
  return unread_.size() < unread_messages_ && unread_size_ < unread_bytes_;
}

void pump::read_outer() {
  if (reading_ || delivering_ || finished_ || !has_room())
    return;
  reading_ = true;
  heard_at_ = clock::now();
  outer_->read(
      outer_piece_.data(), outer_piece_.size(),
      [self = shared_from_this()](failure_code failure, std::size_t size) {
        self->reading_ = false;
        self->heard(failure, size);
      });
}

void pump::heard(failure_code failure, std::size_t size) {
  if (finished_)
    return;
  if (failure)
    return finish(reason(failure));
  auto good = frames_->take({outer_piece_.data(), size}, inward_);
  if (!good)
    return finish("refused: " + good.error().message);
  count_held(frames_->held());
  if (books_->held > held_limit_)
    return finish("refused: too many unfinished messages at a time");
  if (!claim_node())
    return finish("refused: its node id is that of another connection (the "
                  "one before may still be ending)");
  for (auto message : inward_.messages) {
    unread_.push_back(message);
    unread_size_ += message;
  }
  inward_.messages.clear();
  if (inward_.bytes.empty())
    return read_outer();
  write_inner();
}

bool pump::claim_node() {
  if (!node_.empty() || frames_->peer_node().empty())
    return true;
  if (!books_->nodes.insert(frames_->peer_node()).second)
    return false;
  node_ = frames_->peer_node();
  return true;
}

void pump::write_inner() {
  delivering_ = true;
  asio::async_write(
      inner_, asio::buffer(inward_.bytes),
      [self = shared_from_this()](failure_code failure, std::size_t) {
        self->delivering_ = false;
        if (failure)
          return self->finish("closed by this process");
        if (self->inward_.bytes.capacity() > 4 * piece)
          self->inward_.bytes = {};
        else
          self->inward_.bytes.clear();
        self->read_outer();
      });
}

void pump::done_with_one() {
  thread_.hand_over([self = shared_from_this()] {
    if (self->unread_.empty())
      return;
    self->unread_size_ -= self->unread_.front();
    self->unread_.pop_front();
    if (self->frames_)
      self->read_outer();
  });
}

void pump::forget() {
  count_held(0);
  if (!node_.empty())
    books_->nodes.erase(std::exchange(node_, {}));
}

void pump::count_held(std::size_t now) {
  books_->held = books_->held - held_ + now;
  held_ = now;
}

// -- from CAF to the peer -----------------------------------------------------

void pump::read_inner() {
  inner_.async_read_some(
      asio::buffer(inner_piece_),
      [self = shared_from_this()](failure_code failure, std::size_t size) {
        self->said(failure, size);
      });
}

void pump::said(failure_code failure, std::size_t size) {
  if (failure) {
    finish("closed by this process");
    failure_code ignored;
    inner_.close(ignored);
    timer_.cancel();
    return forget();
  }
  // Until CAF has closed its end: it may still write what nobody wants.
  if (finished_)
    return read_inner();
  sieve_.take({inner_piece_.data(), size}, outward_);
  if (outward_.empty())
    return read_inner();
  write_outer();
}

void pump::write_outer() {
  writing_ = true;
  writes_since_ = clock::now();
  outer_->write(outward_,
                [self = shared_from_this()](failure_code failure, std::size_t) {
                  self->writing_ = false;
                  self->outward_.clear();
                  if (failure)
                    self->finish(reason(failure));
                  else
                    self->end_if_all_left();
                  self->read_inner();
                });
}

// -- the end ------------------------------------------------------------------

void pump::hang_up(std::string why, std::uint64_t after) {
  thread_.hand_over([self = shared_from_this(), why = std::move(why), after] {
    if (self->finished_)
      return;
    self->parting_ = why;
    self->leaves_after_ = after;
    self->end_if_all_left();
    if (self->finished_)
      return;
    self->timer_.expires_after(parting_time);
    self->timer_.async_wait([self](failure_code failure) {
      if (!failure)
        self->finish(self->parting_);
    });
  });
}

void pump::end_if_all_left() {
  if (leaves_after_ && !writing_ && sieve_.messages() >= *leaves_after_)
    finish(parting_);
}

void pump::finish(const std::string& why) {
  if (std::exchange(finished_, true))
    return;
  outer_->close();
  // CAF reads what it was given to the end, and closes its side; until then
  // the node id stays taken.
  failure_code ignored;
  if (!frames_) {
    inner_.close(ignored);
    timer_.cancel();
  } else {
    inner_.shutdown(local::socket::shutdown_send, ignored);
    timer_.expires_after(inner_time);
    timer_.async_wait([self = shared_from_this()](failure_code failure) {
      failure_code also_ignored;
      if (!failure)
        self->inner_.close(also_ignored);
    });
  }
  if (auto over = std::exchange(over_, nullptr))
    over(why);
  if (books_->ended)
    books_->ended();
}

} // namespace callboard::actors
