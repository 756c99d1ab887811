#include "tests/actors/links/line_end.hpp"

#include <algorithm>
#include <utility>

namespace callboard::tests {

using namespace callboard::actors;

namespace {

constexpr auto parting_time = std::chrono::seconds{1};

// No process has so many files open: closing one of these does nothing.
int next_number() {
  static int last = 2'000'000'000;
  return ++last;
}

} // namespace

line_end::line_end(testing::actor_stage& stage, backend& net,
                   simulation::dice& chance, std::size_t unread_limit)
    : stage_{stage}, net_{net}, chance_{chance},
      unread_limit_{unread_limit}, number_{next_number()} {}

void line_end::join(const std::shared_ptr<line_end>& a,
                    const std::shared_ptr<line_end>& b) {
  a->peer_ = b;
  b->peer_ = a;
}

line line_end::hand_over(std::string address) {
  return {.socket = unique_fd{number_},
          .address = std::move(address),
          .names = {},
          .roles = peer_roles::all(),
          .control = shared_from_this()};
}

caf::io::connection_handle line_end::handle() const {
  return caf::io::connection_handle::from_int(number_);
}

// -- what may happen next -----------------------------------------------------

bool line_end::work() {
  if (posted_.empty())
    return false;
  auto next = std::move(posted_.front());
  posted_.pop_front();
  next();
  return true;
}

bool line_end::depart(std::size_t most) {
  if (!frames_)
    return false;
  auto& out = net_.output_buffer(handle());
  if (out.empty()) {
    if (!net_.stopped_reading(handle()) || std::exchange(closed_, true))
      return false;
    finish("closed by this process");
    return true;
  }
  auto size = std::min(most, out.size());
  std::string piece(out.data(), size);
  out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size));
  // CAF may still write what nobody wants.
  if (finished_)
    return true;
  std::string through;
  sieve_.take(piece, through);
  if (auto to = peer_.lock(); to && !to->finished_ && !to->cut_)
    to->arriving_ += through;
  end_if_all_left();
  return true;
}

bool line_end::arrive(std::size_t most) {
  if (!frames_ || finished_ || unread_ >= unread_limit_)
    return false;
  if (arriving_.empty()) {
    if (!cut_)
      return false;
    finish("the peer closed the connection");
    return true;
  }
  auto piece = arriving_.substr(0, most);
  arriving_.erase(0, piece.size());
  frame_guard::passed inward;
  if (auto good = frames_->take(piece, inward); !good) {
    finish("refused: " + good.error().message);
    return true;
  }
  unread_ += inward.messages.size();
  auto& to = net_.virtual_network_buffer(handle());
  to.insert(to.end(), inward.bytes.begin(), inward.bytes.end());
  return true;
}

bool line_end::read() {
  auto scribe = net_.impl_ptr(handle());
  // CAF has not taken it yet, or has let it go.
  if (!scribe || !scribe->parent())
    return false;
  if (net_.try_read_data(handle()))
    return true;
  if (!finished_)
    return false;
  scribe->io_failure(&net_, caf::io::network::operation::read);
  return true;
}

bool line_end::part() {
  if (finished_ || !parting_at_ || stage_.now() < *parting_at_)
    return false;
  finish(parting_);
  return true;
}

// -- the world ----------------------------------------------------------------

void line_end::lose() {
  arriving_.clear();
  cut_ = true;
}

void line_end::end() {
  posted_.clear();
  over_ = nullptr;
}

std::optional<duration> line_end::next_timeout() const {
  if (finished_ || !parting_at_)
    return std::nullopt;
  return std::max(std::chrono::ceil<duration>(*parting_at_ - stage_.now()),
                  duration{0});
}

// -- line_control -------------------------------------------------------------

void line_end::admit(frame_rules rules,
                     std::function<void(const std::string&)> over) {
  posted_.emplace_back(
      [this, rules = std::move(rules), over = std::move(over)]() mutable {
        if (finished_)
          return over("the connection ended early");
        frames_.emplace(std::move(rules));
        over_ = std::move(over);
      });
}

void line_end::done_with_one() {
  posted_.emplace_back([this] {
    if (unread_ > 0)
      --unread_;
  });
}

void line_end::hang_up(std::string why, std::uint64_t after) {
  posted_.emplace_back([this, why = std::move(why), after] {
    if (finished_)
      return;
    parting_ = why;
    leaves_after_ = after;
    end_if_all_left();
    if (!finished_)
      parting_at_ = stage_.now() + parting_time;
  });
}

void line_end::end_if_all_left() {
  if (leaves_after_ && sieve_.messages() >= *leaves_after_)
    finish(parting_);
}

void line_end::finish(const std::string& why) {
  if (std::exchange(finished_, true))
    return;
  if (auto to = peer_.lock(); to && !to->cut_) {
    to->cut_ = true;
    // Who closes a socket with something unread resets the connection, and
    // what is not at the other end by then may never be.
    if (!arriving_.empty() && !to->arriving_.empty() && chance_.once_in(4)) {
      to->arriving_.resize(chance_.below(to->arriving_.size()));
      to->was_reset_ = true;
    }
  }
  arriving_.clear();
  if (auto over = std::exchange(over_, nullptr))
    over(why);
}

} // namespace callboard::tests
