#pragma once

#include "app/bench/part.hpp"

#include <future>
#include <optional>
#include <variant>

namespace callboard::app::bench {

/// What a member of a run is told to do.
struct work_order {};
struct close_order {};
using order = std::variant<preparation, work_order, production, close_order>;

/// One that enqueues and performs jobs: this process or a child. Orders are
/// given one at a time; between them its `answer` is asked for, often.
class member {
public:
  virtual ~member() = default;

  virtual void give(const order& what) = 0;

  /// The answer to the last order, when it is there. An error may come without
  /// an order, too. Doesn't wait.
  virtual std::optional<result<void>> answer() = 0;

  /// Ends what it does early; it still answers.
  virtual void stop() = 0;
};

/// A part in this process.
class local_member final : public member {
public:
  local_member(database_ptr db, client_options node, const part_plan& plan,
               ledger& book);

  void give(const order& what) override;
  std::optional<result<void>> answer() override;
  void stop() override { part_.stop(); }

private:
  ledger& book_;
  ledger::instant reported_at_{};
  part part_;
  // Waits for the thread that it belongs to, before the part goes.
  std::future<result<void>> pending_;
};

} // namespace callboard::app::bench
