#pragma once

#include "actors/cluster/channel.hpp"
#include "actors/cluster/frame_sieve.hpp"
#include "actors/cluster/guard.hpp"
#include "actors/cluster/guard_thread.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>
#include <set>

namespace callboard::actors {

/// What all lines of a guard share. Only its thread touches it.
struct line_books {
  std::size_t lines = 0;
  /// Bytes of messages that are not complete.
  std::size_t held = 0;
  /// The node ids of peers, as CAF knows them. Two lines of one node id would
  /// let one peer take what is meant for the other.
  std::set<std::string> nodes;
  /// Called when a line has ended.
  std::function<void()> ended;
};

/// One line: carries bytes between a peer and CAF, both ways, through the
/// frame guard, and never holds more than a piece of each way. Lives as long
/// as one of its operations is under way or somebody holds it.
class pump final : public line_control,
                   public std::enable_shared_from_this<pump> {
public:
  pump(guard_thread& thread, std::unique_ptr<channel> outer,
       boost::asio::local::stream_protocol::socket inner,
       std::shared_ptr<line_books> books, const guard_options& options);
  ~pump() override;

  /// Begins the wait for `admit`.
  void start();
  void finish(const std::string& why);
  bool finished() const noexcept { return finished_; }

  void admit(frame_rules rules,
             std::function<void(const std::string&)> over) override;
  void done_with_one() override;
  void hang_up(std::string why, std::uint64_t after) override;

private:
  using failure_code = boost::system::error_code;
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t piece = std::size_t{64} * 1024;

  void watch();
  void read_outer();
  void heard(failure_code failure, std::size_t size);
  bool claim_node();
  void write_inner();
  void read_inner();
  void said(failure_code failure, std::size_t size);
  void write_outer();
  void end_if_all_left();
  /// CAF has let go of the line: what it took from others is free.
  void forget();
  void count_held(std::size_t now);
  bool has_room() const;

  guard_thread& thread_;
  std::unique_ptr<channel> outer_;
  boost::asio::local::stream_protocol::socket inner_;
  std::shared_ptr<line_books> books_;
  duration silence_;
  duration admission_time_;
  std::size_t unread_messages_;
  std::size_t unread_bytes_;
  std::size_t held_limit_;

  std::optional<frame_guard> frames_;
  frame_sieve sieve_;
  std::function<void(const std::string&)> over_;
  boost::asio::steady_timer timer_;
  std::array<char, piece> outer_piece_{};
  std::array<char, piece> inner_piece_{};
  frame_guard::passed inward_;
  std::string outward_;
  std::deque<std::size_t> unread_;
  std::size_t unread_size_ = 0;
  std::size_t held_ = 0;
  std::string node_;
  clock::time_point heard_at_{};
  clock::time_point writes_since_{};
  clock::time_point watched_at_{};
  bool reading_ = false;
  bool delivering_ = false;
  bool writing_ = false;
  bool finished_ = false;
  std::optional<std::uint64_t> leaves_after_;
  std::string parting_;
};

} // namespace callboard::actors
