#pragma once

#include "store/model/time.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/logger.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

/// Actor systems that a class of ours makes for itself, so that its users see
/// nothing of CAF.
namespace callboard::actors {

/// A thread that made an actor system or talked to one holds on to its logger
/// until it talks to another, and the destructor of the system waits for that
/// logger. So each function that does so lets go of it at its end.
struct let_go_of_logger {
  ~let_go_of_logger() { caf::logger::set_current_actor_system(nullptr); }
};

/// A system and its configuration, which must outlive it.
class own_system {
public:
  /// With a `silence`, the system can talk to other processes (which costs
  /// threads), and notices in time when one of them is silent for so long.
  own_system(std::optional<duration> silence, std::size_t threads);

  caf::actor_system& sys() noexcept { return sys_; }

private:
  struct config : caf::actor_system_config {
    config(std::optional<duration> silence, std::size_t threads);
  };

  config cfg_;
  caf::actor_system sys_{cfg_};
};

/// As many as the machine has cores, and 2 at least.
std::size_t scheduler_threads();

/// Random numbers in [0, 1) for jitter, from any thread.
double draw();

/// Ends the system on another thread, since that waits for every actor and
/// every handler for ever; false when it is not gone after 10 s.
bool end(std::unique_ptr<own_system> system);

/// For systems in which something still runs that can't be stopped. Destroying
/// one would wait for that; so they stay, until the process ends.
void leave_running(std::unique_ptr<own_system> system,
                   caf::strong_actor_ptr root);

} // namespace callboard::actors
