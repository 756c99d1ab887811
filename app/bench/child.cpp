#include "app/bench/child_member.hpp"
#include "app/bench/target.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

namespace callboard::app::bench {

namespace {

/// How often the ledger is told what is settled.
constexpr int tick = 2;

/// The life of a worker process.
class worker {
public:
  explicit worker(int out) : out_{out} {}

  void take(const std::string& line) {
    if (!member_)
      return begin(line);
    if (line == "stop")
      return member_->stop();
    if (line == "work")
      return member_->give(work_order{});
    if (line == "close")
      return member_->give(close_order{});
    if (auto first = preparation_of(line))
      return member_->give(*first);
    auto jobs = production_of(line);
    if (jobs)
      member_->give(*jobs);
    else
      say(jobs.error());
  }

  void tick() {
    if (!member_)
      return;
    if (auto answer = member_->answer())
      say(*answer);
  }

  void end() {
    if (member_)
      member_->stop();
  }

private:
  void begin(const std::string& line) {
    auto plan = plan_of(line);
    if (!plan)
      return say(plan.error());
    auto found = find_target(plan->config, plan->database);
    if (auto* problems = std::get_if<std::vector<config::problem>>(&found))
      return say(error{errc::invalid_config,
                       to_string(problems->front(), plan->config)});
    auto& place = std::get<target>(found);
    book_ = std::make_unique<ledger>(plan->ledger);
    member_ = std::make_unique<local_member>(
        std::move(place.db), std::move(place.node), *plan, *book_);
    say({});
  }

  void say(const result<void>& what) {
    std::string line = "ok\n";
    if (!what) {
      line = "error " + std::to_string(static_cast<unsigned>(what.error().code))
             + " " + what.error().message;
      std::replace(line.begin(), line.end(), '\n', ' ');
      line += '\n';
    }
    static_cast<void>(!::write(out_, line.data(), line.size()));
  }

  int out_;
  std::unique_ptr<ledger> book_;
  std::unique_ptr<local_member> member_;
};

} // namespace

void run_child(int in, int out) {
  worker self{out};
  std::string read;
  std::array<char, 4096> buffer;
  for (;;) {
    pollfd wanted{in, POLLIN, 0};
    if (::poll(&wanted, 1, tick) > 0) {
      auto count = ::read(in, buffer.data(), buffer.size());
      if (count <= 0)
        return self.end();
      read.append(buffer.data(), static_cast<std::size_t>(count));
    }
    for (auto end = read.find('\n'); end != std::string::npos;
         end = read.find('\n')) {
      self.take(read.substr(0, end));
      read.erase(0, end + 1);
    }
    self.tick();
  }
}

} // namespace callboard::app::bench
