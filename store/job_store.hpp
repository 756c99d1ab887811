#pragma once

#include "store/model/error.hpp"
#include "store/model/job.hpp"
#include "store/model/lease.hpp"
#include "store/model/new_job.hpp"
#include "store/model/status.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// One connection to the durable queue. Not thread-safe: one owner at a time,
/// any thread. Every operation is one short transaction that takes and gives
/// batches; its failure changes nothing, except for `commit_unknown`. A store
/// never reconnects by itself: after `database_unreachable` it is broken, and
/// its owner asks the `database` for a new one. The liveness lock of `join`
/// goes with the connection, and so does the right to `lease`.
class job_store {
public:
  virtual ~job_store() = default;

  job_store(const job_store&) = delete;
  job_store& operator=(const job_store&) = delete;

  // -- jobs in
  // -----------------------------------------------------------------

  /// Stores all or none. Wants jobs that went through `prepare`. A stored id
  /// is `job_already_exists`, and the message names it. Wakes nobody.
  [[nodiscard]] virtual result<void> enqueue(const std::vector<new_job>& jobs)
      = 0;

  /// Tells the listeners of all nodes that these queues have due jobs. Not
  /// durable, may be lost; does nothing where the database can't.
  [[nodiscard]] virtual result<void>
  wake(const std::vector<std::string>& queues) = 0;

  /// Stores as `enqueue` does, and after that tells of these queues as `wake`
  /// does, of which the caller waits for nothing: what becomes of that changes
  /// no answer. False where the store can't do both at once: stored, and nobody
  /// told, which is left to `wake`.
  [[nodiscard]] virtual result<bool>
  enqueue_and_wake(const std::vector<new_job>& jobs,
                   const std::vector<std::string>& /*queues*/) {
    if (auto stored = enqueue(jobs); !stored)
      return stored.error();
    return false;
  }

  // -- membership
  // --------------------------------------------------------------

  /// Takes the liveness lock on this connection and registers the node.
  /// With `previous`, tries to go on as that incarnation, which works while
  /// nobody has declared it dead and its lock is free; otherwise (and without)
  /// a new one is made. Answers which it is now. An earlier connection of the
  /// same `database` that the server has not given up yet is ended for that;
  /// `database_busy` when the server can't. The listeners of other nodes hear
  /// of it.
  [[nodiscard]] virtual result<incarnation>
  join(std::string_view name, std::string_view address,
       std::optional<incarnation> previous = std::nullopt)
      = 0;

  /// Tells that the joined node lives, and its figures. Answers the leases of
  /// this node that somebody asked to cancel, and where it stands among the
  /// registered nodes. `incarnation_lost` when it was declared dead meanwhile.
  [[nodiscard]] virtual result<heartbeat_report>
  heartbeat(const std::vector<node_queue>& queues) = 0;

  /// Gives up the lock and the registration. The node should hold no leases any
  /// more. What it still holds is freed as by `reclaim`; but no job has killed
  /// the node, so that this is no crash: what was a suspect stays one, and
  /// nothing else becomes one.
  [[nodiscard]] virtual result<void> leave() = 0;

  /// Frees the leases of dead nodes: those whose lock was found free and still
  /// is when `grace` has passed, and those that sent no heartbeat for `silence`
  /// though their lock is held (a stopped process). A freed job is due at once,
  /// has "worker died" with the node and the moment as last error, and keeps
  /// its attempt if its start was recorded, else gets it back. It counts a
  /// crash and waits as a suspect (also without a record: it may have begun a
  /// moment ago), and from `max_crashes` crashes on it goes to the dead letters
  /// instead; but not if it was leased `isolated`.
  [[nodiscard]] virtual result<reclaim_report> reclaim(const reclaim_rule& rule)
      = 0;

  // -- jobs out (the joined node only)
  // -------------------------------------------

  /// Leases for several queues at once; one batch per request, in order. Looks
  /// at as many due jobs as the limit says, in order of priority, due time, id,
  /// and gives out those that are not spent; skips what others are taking;
  /// counts the attempt, draws a new fence, records the node. When it fails
  /// after a part of them was leased, the rest gets an empty batch that is due
  /// at once.
  /// `incarnation_lost` when this node did not join or was declared dead.
  [[nodiscard]] virtual result<std::vector<lease_batch>>
  lease(const std::vector<lease_request>& requests) = 0;

  /// The same for a node that another connection of this process joined as and
  /// keeps: two of them lease faster than one. Nothing is locked for it here;
  /// what counts is that the node is registered. Two leases at the same time
  /// share out the first due jobs between them in any order.
  /// `incarnation_lost` when the node was declared dead or has left. After any
  /// other failure, too, the other connection has to ask what is `held`.
  /// `unsupported` where only one connection at a time can write.
  [[nodiscard]] virtual result<std::vector<lease_batch>>
  lease_for(incarnation /*node*/,
            const std::vector<lease_request>& /*requests*/) {
    return error{errc::unsupported,
                 "this store leases on the node's own connection only"};
  }

  /// The leases that the joined node holds by the store's books: how a node
  /// finds those whose answer it never saw, because the connection broke during
  /// the commit of a `lease`. `incarnation_lost` when this node did not join or
  /// was declared dead; `unsupported` where the store can't tell.
  [[nodiscard]] virtual result<std::vector<lease_ref>> held() {
    return error{errc::unsupported, "this store does not list held leases"};
  }

  /// Records that these leased jobs start now: from here on a crash keeps
  /// their attempt. Answers for each whether it is still ours; what is not must
  /// not be started. Works on any connection.
  [[nodiscard]] virtual result<std::vector<bool>>
  start(const std::vector<lease_ref>& leases) = 0;

  /// Writes outcomes, each compared by (id, fence). A job that somebody asked
  /// to cancel is due at once when it comes back (by `retried`, `rescheduled`,
  /// or in another way), and the next lease moves it to the dead letters as
  /// "cancelled". Works on any connection.
  [[nodiscard]] virtual result<settle_report>
  settle(const std::vector<settlement>& settlements) = 0;

  /// Hands back leases whose handler never started: attempt refunded, due when
  /// they were, or (with a `wait`) so long from now. Answers how many were
  /// still ours. Works on any connection.
  [[nodiscard]] virtual result<std::size_t>
  release(const std::vector<lease_ref>& leases, duration wait = duration{0})
      = 0;

  // -- for people
  // ----------------------------------------------------------------

  /// The job with this id, in any state; of several dead letters the newest.
  [[nodiscard]] virtual result<std::optional<job_info>>
  find(std::string_view id) = 0;

  /// Jobs by id (dead ones, too: of several dead letters with one id the
  /// newest), without their args when `with_args` is false.
  [[nodiscard]] virtual result<std::vector<job_info>>
  list(const job_filter& filter, bool with_args) = 0;

  /// All queues that have jobs or dead letters, by name. Counts stop at `cap`.
  [[nodiscard]] virtual result<std::vector<queue_counts>>
  counts(std::int64_t cap = 10'000) = 0;

  /// All registered nodes, by start.
  [[nodiscard]] virtual result<std::vector<node_info>> nodes() = 0;

  /// Removes jobs that wait (also delayed ones and suspects) and marks running
  /// ones, whose nodes learn it by `heartbeat`, sooner where the database has
  /// wake-ups. One answer for each id.
  [[nodiscard]] virtual result<std::vector<cancel_answer>>
  cancel(const std::vector<std::string>& ids) = 0;

  [[nodiscard]] virtual result<std::vector<dead_letter>>
  dead_list(const dead_filter& filter, bool with_args) = 0;

  /// Makes them due again at once, with attempt 0. One whose id is stored
  /// again by now stays dead. Answers how many went back; at most
  /// `filter.limit`.
  [[nodiscard]] virtual result<std::size_t>
  dead_retry(const dead_filter& filter) = 0;

  /// Deletes them for ever. Answers how many; at most `filter.limit`.
  [[nodiscard]] virtual result<std::size_t>
  dead_purge(const dead_filter& filter) = 0;

  // -- the connection
  // ------------------------------------------------------------

  /// The database's present moment.
  [[nodiscard]] virtual result<time_point> now() = 0;

  /// For how long the server has been running; nothing where there is none.
  [[nodiscard]] virtual result<std::optional<duration>> server_age() {
    return std::optional<duration>{};
  }

  /// Whether an operation (or `look`) found the connection dead.
  [[nodiscard]] virtual bool broken() const noexcept = 0;

  /// Fails when the database has closed the connection meanwhile. Asks nobody:
  /// costs no more than a system call.
  [[nodiscard]] virtual result<void> look() { return {}; }

  /// From now on, what the database has not answered by `end` fails: an earlier
  /// end of the options' timeouts for a caller that has a deadline. Nothing:
  /// the options' timeouts alone.
  virtual void give_up_at(
      std::optional<std::chrono::steady_clock::time_point> /*end*/) noexcept {}

protected:
  job_store() = default;
};

} // namespace callboard
