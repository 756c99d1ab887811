#pragma once

#include "actors/process/unique_fd.hpp"
#include "app/bench/member.hpp"

#include <sys/types.h>

#include <functional>
#include <string>

namespace callboard::app::bench {

/// A part in a child process, which is this program started again. It reads
/// orders from a pipe, and ends when that is closed: also when this process
/// dies.
class child_member final : public member {
public:
  /// What the child says on its standard error goes to `errors`, line by line.
  /// Throws `failure` when it can't be started.
  child_member(const part_plan& plan,
               std::function<void(const std::string&)> errors);

  /// Kills a child that was not closed.
  ~child_member() override;

  void give(const order& what) override;
  std::optional<result<void>> answer() override;
  void stop() override;

private:
  void tell(const std::string& line);
  std::optional<result<void>> look_for_end();
  result<void> gone() const;
  std::string name() const;

  std::function<void(const std::string&)> errors_;
  pid_t process_ = -1;
  actors::unique_fd in_;
  actors::unique_fd out_;
  actors::unique_fd err_;
  std::size_t number_;
  bool closing_ = false;
  /// Read, but not a whole line yet.
  std::string out_rest_;
  std::string err_rest_;
};

/// The first argument of such a child's program.
inline constexpr auto child_word = "bench-child";

/// What a child does: orders from the descriptor `in`, answers to `out`.
/// Answers when `in` is closed.
void run_child(int in, int out);

} // namespace callboard::app::bench
