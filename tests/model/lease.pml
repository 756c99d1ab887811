/* The life of a lease: who may perform a job, whose outcome counts, and who
 * frees what a dead node held. docs/model.md says which statement of the code
 * each inline stands for, and what is left out.
 *
 * A step that would change nothing (a poll that finds nothing, a heartbeat
 * that is in time) is no step here: a run ends when nothing is left to do.
 */

/* -- how much is explored -------------------------------------------------- */

#ifndef NODES
#define NODES 2
#endif
#ifndef JOBS
#define JOBS 2 /* 1 to 3 */
#endif
#ifndef SLOTS
#define SLOTS 2 /* of each node; 1 or 2 */
#endif
#ifndef FAULTS
#define FAULTS 2 /* of all kinds together, beside those of a poisonous job */
#endif
#ifndef RETRIES
#define RETRIES 1 /* outcomes other than `completed`, of all jobs together */
#endif
#ifndef RELEASES
#define RELEASES 1
#endif
#ifndef AGAIN
#define AGAIN 1 /* how often the id of job 1 is enqueued again */
#endif
#ifndef MAX_CRASHES
#define MAX_CRASHES 3
#endif
#ifndef MAX_ATTEMPTS
#define MAX_ATTEMPTS 0 /* 0: as many as it takes */
#endif
#ifndef CANCELS
#define CANCELS 0 /* requests to cancel a job, of all jobs together */
#endif
/* PREFETCH: a lease may also give jobs whose start it does not record.
 * SECOND: each process leases on a second connection, too. */

/* -- the database ---------------------------------------------------------- */

#define ABSENT 0
#define WAITING 1
#define LEASED 2
#define SUSPECT 3

typedef job_row {
  unsigned state : 2;
  unsigned fence : 4; /* of its newest lease */
  unsigned node : 4;  /* the incarnation that holds it; 0: nobody */
  unsigned attempt : 4;
  unsigned crashes : 3;
  bit unrecorded; /* leased, and nobody has recorded that it starts */
  bit cancelled;  /* somebody asked for it while it was leased */
};
job_row job[JOBS + 1]; /* from 1 */

#define INCARNATIONS 6 /* known at one time */
typedef node_row {
  bit stored;
  bit locked;  /* some connection has its liveness lock */
  bit silent;  /* the last heartbeat is older than the limit */
  unsigned shared : 2; /* how many lease transactions of its own lock it */
  bit deleted; /* by a reclaim that is not committed yet */
  /* The processes (bits) for whom it is missed: a look has found its lock free
   * while they were looking. */
  unsigned missed : NODES;
  unsigned away_from : NODES; /* for properties: the same, of this absence */
};
node_row node[INCARNATIONS + 1]; /* from 1 */

/* -- the processes --------------------------------------------------------- */

#define EMPTY 0
#define HELD 1 /* leased, the handler has not started */
#define RUNNING 2
#define COMPLETED 3 /* the handler has answered: to be settled */
#define RETRIED 4
#define RESCHEDULED 5
#define RELEASED 6 /* to be handed back, never to be started */
#define DIED 7 /* to be moved to the dead letters */
#define COMING 8 /* leased on the second connection, which has not told yet */

typedef slot_state {
  unsigned job : 2;
  unsigned fence : 4;
  unsigned stage : 4;
  bit suspect;
  bit recorded; /* its start is durable, as far as the slot knows */
  bit last;     /* its last allowed attempt */
  unsigned life : 2; /* for properties: how often the id was enqueued; 0: it
                        was rescheduled since */
};
slot_state slot[NODES * SLOTS];

typedef process_state {
  unsigned incarnation : 4; /* the present one or, without session, the last */
  bit session; /* the connection that has the lock, and leases */
  bit busy;    /* in a transaction */
#ifdef SECOND
  unsigned second : 2; /* the second connection's lease */
  bit doubt;   /* may hold leases that it has not heard of */
#endif
  bit away;    /* dead or stopped for ever */
};
process_state process[NODES];

/* -- what is left of the budgets ------------------------------------------- */

byte faults = FAULTS;
byte retries = RETRIES;
byte releases = RELEASES;
byte again = AGAIN;
byte cancels = CANCELS;
byte may_stay_away = NODES - 1;

/* -- what only the properties look at -------------------------------------- */

byte holder[JOBS + 1]; /* slot + 1 whose outcome would count; 0: none */
byte committed[JOBS + 1];
byte completed[JOBS + 1];
byte dead[JOBS + 1];
byte removed[JOBS + 1]; /* cancelled while they waited */
/* Handlers whose start is known, since it was recorded or told by an outcome;
 * since the last one that was rescheduled. */
byte started[JOBS + 1];
#ifdef POISON
byte begun[JOBS + 1]; /* handlers, all of them */
#endif
bit last_begun[JOBS + 1]; /* a handler in its last allowed attempt */
bit asked[JOBS + 1]; /* somebody was told that it will not be given out again */

/* Scratch, meaningless between steps. */
hidden byte i;
hidden byte used;
hidden byte drawn;
hidden byte chosen;
hidden byte known;
hidden byte accepted;

/* -- words ----------------------------------------------------------------- */

#define stored(j) (job[j].state != ABSENT)
#define ended(j)                                                               \
  (committed[j] > 0 && !stored(j)                                              \
   && committed[j] == completed[j] + dead[j] + removed[j])
#define self(n) process[n].incarnation
#define everybody ((1 << NODES) - 1)
#define row_free(n) (!node[self(n)].deleted)
#define first(n) ((n) * SLOTS)
#define owner(s) ((s) / SLOTS)

#if JOBS == 1
#define any_job(what) what(1)
#define all_jobs(what) what(1)
#elif JOBS == 2
#define any_job(what) (what(1) || what(2))
#define all_jobs(what) (what(1) && what(2))
#else
#define any_job(what) (what(1) || what(2) || what(3))
#define all_jobs(what) (what(1) && what(2) && what(3))
#endif

#define finished (again == 0 && all_jobs(ended))

#ifdef POISON
#define poison(j) ((j) == 1)
#else
#define poison(j) false
#endif

/* What the second connection does: nothing, in its transaction, its answer on
 * the way. */
#define RESTS 0
#define ASKS 1
#define ANSWERS 2
#ifdef SECOND
#define second_rests(n) (process[n].second == RESTS)
#define second_asks(n) (process[n].second == ASKS)
#define in_doubt(n) process[n].doubt
#else
#define second_rests(n) true
#define second_asks(n) false
#define in_doubt(n) false
#endif

/* Whether a slot's job stands in the way of suspect `j`. */
#ifdef SUSPECTS_TOGETHER
#define suspect_in(s, j) false
#elif defined(QUEUES_APART)
#define suspect_in(s, j) (slot[s].suspect && slot[s].job == (j))
#else
#define suspect_in(s, j) slot[s].suspect
#endif
#if SLOTS == 1
#define idle(n) (slot[first(n)].stage == EMPTY)
#define idle_two(n) false
#define has_suspect(n, j) suspect_in(first(n), j)
#else
#define idle_two(n)                                                            \
  (slot[first(n)].stage == EMPTY && slot[first(n) + 1].stage == EMPTY)
#define idle(n)                                                                \
  (slot[first(n)].stage == EMPTY || slot[first(n) + 1].stage == EMPTY)
#define has_suspect(n, j)                                                      \
  (suspect_in(first(n), j) || suspect_in(first(n) + 1, j))
#endif
#define due(j)                                                                 \
  (job[j].state == WAITING || (job[j].state == SUSPECT && !has_suspect(n, j)))

/* What was to be cancelled will not run again, and needs not be alone. */
#define after_lease(j)                                                         \
  (job[j].crashes > 0 && !job[j].cancelled -> SUSPECT : WAITING)
#ifdef RETRY_FORGETS
#define after_retry(j) WAITING
#else
#define after_retry(j) after_lease(j)
#endif

/* A job that waits, and must not be given out any more. */
#if MAX_ATTEMPTS == 0
#define spent(j) job[j].cancelled
#define is_last(j) 0
#else
#define spent(j) (job[j].cancelled || job[j].attempt >= MAX_ATTEMPTS)
#define is_last(j) (job[j].attempt >= MAX_ATTEMPTS)
#endif

/* Worker n has missed node x since before its present look. */
#define misses(x) ((node[x].missed >> n) & 1)
#ifdef NO_MISSED
#define dead_if_free(x) true
#else
#define dead_if_free(x) misses(x)
#endif
#ifdef NO_SILENCE
#define looks_dead(x) (!node[x].locked && dead_if_free(x))
#else
#define looks_dead(x) (node[x].locked -> node[x].silent : dead_if_free(x))
#endif

#ifdef RECLAIM_JOBS_FIRST
#define is_caught(j) ((caught >> (j)) & 1)
#define unused(x) true
#else
#define is_caught(j) true
#define unused(x) (node[x].shared == 0)
#endif

#define is_answered(s)                                                         \
  (slot[s].stage >= COMPLETED && slot[s].stage != RELEASED                     \
   && slot[s].stage != COMING && !process[owner(s)].away)
#define is_ours(s)                                                             \
  (job[slot[s].job].state == LEASED && job[slot[s].job].fence == slot[s].fence)

#ifdef START_UNRECORDED_LAST
#define may_start(s) true
#else
#define may_start(s) (slot[s].recorded || !slot[s].last)
#endif

/* -- properties of every state --------------------------------------------- */

inline check_tables() {
  for (i : 1 .. JOBS) {
    /* No job is lost, and none is made twice. */
    assert(committed[i] == completed[i] + dead[i] + removed[i] + stored(i));
    /* No lease is held by a node that is not registered. */
    assert(job[i].state != LEASED || node[job[i].node].stored);
    /* Attempts never under-count the handlers whose start is known. */
    assert(!stored(i) || job[i].attempt >= started[i]);
#ifdef POISON
    /* A job that kills its process can't loop (a fault may add a start). */
    assert(!poison(i) || begun[i] <= MAX_CRASHES + FAULTS);
#endif
  }
  i = 0;
}

/* -- numbers --------------------------------------------------------------- */

/* Fences and incarnations are only ever compared for equality, so a number
 * that nobody remembers is as good as one that was never given out. It keeps
 * the states few. */

inline draw_fence(j) {
#ifdef FENCE_PER_JOB
  drawn = job[j].fence + 1;
#else
  used = 0;
  for (i : 1 .. JOBS) {
    used = used | (1 << job[i].fence);
  }
  for (i : 0 .. NODES * SLOTS - 1) {
    used = used | (1 << slot[i].fence);
  }
  drawn = 1;
  do
  :: (used >> drawn) & 1 -> drawn++
  :: else -> break
  od;
  used = 0;
  i = 0;
#endif
  assert(drawn <= 7);
}

inline draw_incarnation() {
  drawn = 0;
  do
  :: drawn++;
     assert(drawn <= INCARNATIONS);
     known = node[drawn].stored || node[drawn].locked;
     for (i : 0 .. NODES - 1) {
       known = known || process[i].incarnation == drawn;
     }
     for (i : 1 .. JOBS) {
       known = known || job[i].node == drawn;
     }
     if
     :: known
     :: else -> break
     fi
  od;
  i = 0;
}

/* -- slots and sessions ---------------------------------------------------- */

inline empty_slot(s) {
  if
  :: slot[s].stage != EMPTY && holder[slot[s].job] == s + 1 ->
     holder[slot[s].job] = 0
  :: else
  fi;
  slot[s].job = 0;
  slot[s].fence = 0;
  slot[s].stage = EMPTY;
  slot[s].suspect = 0;
  slot[s].recorded = 0;
  slot[s].last = 0;
  slot[s].life = 0;
}

/* No more leases under this name; what is held goes on, and may still count. */
inline end_session(n) {
  process[n].session = 0;
}

inline lose_connection(n) {
  node[self(n)].locked = 0;
  end_session(n)
}

inline crash(n) {
  if
  :: process[n].session -> node[self(n)].locked = 0
  :: else
  fi;
  process[n].session = 0;
  self(n) = 0;
#ifdef SECOND
  process[n].second = RESTS;
  process[n].doubt = 0;
#endif
  for (i : first(n) .. first(n) + SLOTS - 1) {
    empty_slot(i)
  }
  i = 0;
}

/* -- transactions ---------------------------------------------------------- */

inline enqueue(j) {
  job[j].state = WAITING;
#ifdef FENCE_PER_JOB
  job[j].fence = 0;
#endif
  committed[j]++;
  started[j] = 0;
  last_begun[j] = 0;
  asked[j] = 0;
}

inline delete_job(row) {
  job[row].state = ABSENT;
  job[row].node = 0;
  job[row].attempt = 0;
  job[row].crashes = 0;
  job[row].unrecorded = 0;
  job[row].cancelled = 0;
  holder[row] = 0;
}

inline bury(row) {
  dead[row]++;
  delete_job(row)
}

inline put_back(row, to) {
  job[row].state = to;
  job[row].node = 0;
  job[row].unrecorded = 0;
  holder[row] = 0;
}

/* A job that waits is removed, a leased one marked. */
inline cancel(row) {
  if
  :: job[row].state == LEASED ->
     job[row].cancelled = 1;
     asked[row] = 1
  :: else ->
     removed[row]++;
     delete_job(row)
  fi
}

/* Hands back what the database calls ours and we never heard of: a lease was
 * committed, and the answer lost with the connection. */
inline release_unknown(n) {
  for (i : 1 .. JOBS) {
    known = job[i].state != LEASED || job[i].node != self(n);
    for (chosen : first(n) .. first(n) + SLOTS - 1) {
      known = known ||
              (slot[chosen].job == i && slot[chosen].fence == job[i].fence &&
               slot[chosen].stage != COMING)
    }
    if
    :: known
    :: else ->
       job[i].attempt--;
       put_back(i, after_lease(i))
    fi
  }
  i = 0;
  chosen = 0;
}

/* What the second connection is about to tell of is not unknown: when it has
 * told, the question is asked again. */
inline clear_up(n) {
#if defined(SECOND) && !defined(CLEARED_UP_EARLY)
  process[n].doubt = !second_rests(n);
  if
  :: process[n].doubt
  :: else -> release_unknown(n)
  fi
#else
  release_unknown(n)
#endif
}

/* Whom others missed before this process was there, it has not missed. */
inline watch_anew(n) {
  for (i : 1 .. INCARNATIONS) {
#ifndef OLD_NOTES_COUNT
    node[i].missed = node[i].missed & (everybody - (1 << n));
#endif
    node[i].away_from = node[i].away_from & (everybody - (1 << n))
  }
  i = 0;
}

/* The old name is kept while nobody has declared it dead and the broken
 * connection has let go of its lock. */
inline join(n) {
  drawn = self(n);
  if
  :: drawn != 0 && node[drawn].stored && !node[drawn].locked &&
     !node[drawn].deleted ->
#ifndef RESUME_BLINDLY
     clear_up(n)
#else
     skip
#endif
  :: else ->
#ifdef SECOND
     process[n].doubt = 0;
#endif
     draw_incarnation();
     self(n) = drawn;
     node[drawn].stored = 1
  fi;
  node[drawn].locked = 1;
  node[drawn].silent = 0;
#ifndef REJOIN_KEEPS_MISSED
  node[drawn].missed = 0;
#endif
  node[drawn].away_from = 0;
  process[n].session = 1;
  watch_anew(n);
  drawn = 0;
}

inline heartbeat(n) {
  if
  :: node[self(n)].stored -> node[self(n)].silent = 0
  :: else -> lose_connection(n)
  fi
}

/* First half of a lease: the node is registered, and stays so until the
 * commit. */
inline lease_check(n) {
#ifndef NO_NODE_CHECK
  if
  :: node[self(n)].stored ->
#ifndef NO_NODE_LOCK
     node[self(n)].shared++
#else
     skip
#endif
  :: else ->
     lose_connection(n);
     goto end_rest
  fi
#else
  skip
#endif
}

inline unshare(name) {
  node[name].shared = (node[name].shared > 0 -> node[name].shared - 1 : 0)
}

inline choose_slot(n) {
  chosen = first(n);
  do
  :: slot[chosen].stage == EMPTY -> break
  :: else -> chosen++
  od
}

/* Under the fence that was drawn. */
inline take_job(row, name, with_record) {
  job[row].state = LEASED;
  job[row].node = name;
  job[row].fence = drawn;
  job[row].unrecorded = !with_record;
#ifndef COUNT_LATE
  job[row].attempt++;
#endif
#ifdef DELETE_ON_LEASE
  delete_job(row);
#endif
  check_tables()
}

inline fill_slot(row, as, with_record) {
  slot[chosen].job = row;
  slot[chosen].fence = drawn;
  slot[chosen].stage = as;
  slot[chosen].recorded = with_record;
  slot[chosen].last = is_last(row);
  slot[chosen].life = committed[row];
  holder[row] = chosen + 1
}

/* Second half: takes a due job, if there still is one, and commits; one that is
 * spent is buried. Its start is recorded when an idle slot begins it at once; a
 * suspect's always. Then the answer arrives, or the connection breaks before it
 * does. */
inline lease_take(n, j, answered, recorded) {
  if
  :: due(1) -> j = 1
#if JOBS > 1
  :: due(2) -> j = 2
#endif
#if JOBS > 2
  :: due(3) -> j = 3
#endif
  :: else -> j = 0
  fi;
  if
  :: true -> answered = 1
  :: j != 0 && faults > 0 -> answered = 0
  fi;
  if
  :: true -> recorded = 1
#ifdef PREFETCH
  :: job[j].state == WAITING && !spent(j) -> recorded = 0
#endif
  fi;
  d_step {
    unshare(self(n));
    if
    :: j != 0 && spent(j) ->
       bury(j);
       check_tables()
    :: j != 0 && !spent(j) ->
       /* Whoever was told that it is cancelled can rely on it. */
       assert(!asked[j]);
       choose_slot(n);
       draw_fence(j);
       slot[chosen].suspect = job[j].state == SUSPECT && answered;
       take_job(j, self(n), recorded)
    :: else
    fi;
    if
    :: drawn != 0 && answered ->
       fill_slot(j, HELD, recorded)
    :: !answered ->
       faults--;
#ifndef LEASE_FAILS_HALFWAY
       lose_connection(n)
#endif
    :: else
    fi;
    j = 0;
    drawn = 0;
    chosen = 0;
    answered = 0;
    recorded = 0
  }
}

/* Records that the handler starts, or has started. What is not ours any more
 * must not be started. */
inline record(s) {
  accepted = is_ours(s);
#ifdef RECORD_BLINDLY
  accepted = 1;
#endif
  if
  :: is_ours(s) && job[slot[s].job].unrecorded ->
     job[slot[s].job].unrecorded = 0;
     started[slot[s].job] = started[slot[s].job] + (slot[s].stage == RUNNING)
  :: else
  fi;
  check_tables()
}

inline compare(s) {
  accepted = is_ours(s);
#ifdef NO_FENCE
  accepted = job[slot[s].job].state == LEASED;
#endif
#ifdef NO_STATE
  accepted = stored(slot[s].job) && job[slot[s].job].fence == slot[s].fence;
#endif
  /* Only the present lease counts, and only once. */
  assert(!accepted || holder[slot[s].job] == s + 1);
}

inline settle(s) {
  compare(s);
  if
  :: !accepted
  :: accepted && slot[s].stage == COMPLETED ->
     completed[slot[s].job]++;
     delete_job(slot[s].job)
  :: accepted && slot[s].stage == DIED -> bury(slot[s].job)
  :: accepted && slot[s].stage == RETRIED ->
#ifdef COUNT_LATE
     job[slot[s].job].attempt++;
#endif
#ifdef CANCEL_FORGOTTEN
     job[slot[s].job].cancelled = 0;
#endif
     started[slot[s].job] =
       started[slot[s].job] + job[slot[s].job].unrecorded;
     put_back(slot[s].job, after_retry(slot[s].job))
  :: accepted && slot[s].stage == RESCHEDULED ->
     job[slot[s].job].attempt = 0;
     job[slot[s].job].crashes = 0;
     started[slot[s].job] = 0;
     /* What others begin of earlier leases counts no more. */
     for (i : 0 .. NODES * SLOTS - 1) {
       slot[i].life = (slot[i].job == slot[s].job -> 0 : slot[i].life)
     }
     i = 0;
     last_begun[slot[s].job] = 0;
     put_back(slot[s].job, WAITING)
  fi;
  check_tables()
}

inline release(s) {
  compare(s);
  if
  :: !accepted
  :: accepted ->
     job[slot[s].job].attempt--;
     put_back(slot[s].job, after_lease(slot[s].job))
  fi;
  check_tables()
}

/* A look finds the lock of a node free. */
inline miss(x) {
  for (i : 0 .. NODES - 1) {
    node[x].away_from = node[x].away_from | (process[i].session << i)
  }
  i = 0;
#ifdef OLD_NOTES_COUNT
  node[x].missed = everybody;
#else
  node[x].missed = node[x].away_from;
#endif
}

/* First half of a reclaim: deletes the row, once no lease is using it. */
inline reclaim_delete(n, x) {
  /* Nobody is declared dead who is there and heard of, or who has been away
   * for one look only. */
  assert(node[x].locked -> node[x].silent : (node[x].away_from >> n) & 1);
  node[x].deleted = 1;
#ifdef RECLAIM_JOBS_FIRST
  for (i : 1 .. JOBS) {
    caught = caught | ((job[i].state == LEASED && job[i].node == x) << i);
  }
  i = 0;
#endif
}

#ifdef REFUND_RECORDED
#define refunded(j) true
#else
#define refunded(j) job[j].unrecorded
#endif

/* Second half: frees what the node holds, to which nothing can be added. */
inline reclaim_free(x, limit) {
  for (i : 1 .. JOBS) {
    if
    :: job[i].state == LEASED && job[i].node == x && is_caught(i) ->
#ifdef NO_CRASH_UNRECORDED
       job[i].crashes = job[i].crashes + !job[i].unrecorded;
#else
#ifndef NO_CRASH_COUNT
       job[i].crashes++;
#endif
#endif
       if
       :: refunded(i) -> job[i].attempt--
       :: else
       fi;
#ifdef REFUND_ON_RECLAIM
       if
       :: holder[i] != 0 && slot[holder[i] - 1].stage == HELD ->
          job[i].attempt--
       :: else
       fi;
#endif
       if
       :: job[i].crashes >= limit ->
#ifdef POISON
          /* An innocent neighbour is not blamed. */
          assert(poison(i));
#endif
          bury(i)
       :: else -> put_back(i, after_lease(i))
       fi
    :: else
    fi
  }
  i = 0;
  node[x].stored = 0;
  node[x].silent = 0;
  node[x].missed = 0;
  node[x].away_from = 0;
  node[x].deleted = 0;
  check_tables()
}

/* What is still held is freed as by a reclaim, but no job is to blame. */
inline leave(n) {
  for (i : 1 .. JOBS) {
    if
    :: job[i].state == LEASED && job[i].node == self(n) ->
       if
       :: refunded(i) -> job[i].attempt--
       :: else
       fi;
       put_back(i, after_lease(i))
    :: else
    fi
  }
  i = 0;
  node[self(n)].stored = 0;
  node[self(n)].silent = 0;
  check_tables();
  lose_connection(n)
}

#define may_reclaim(x)                                                         \
  (process[n].session && node[x].stored && !node[x].deleted && looks_dead(x)   \
   && unused(x) && (x) != self(n))
#define reclaim_step(number)                                                   \
  atomic {                                                                     \
    may_reclaim(number) ->                                                     \
    x = number;                                                                \
    reclaim_delete(n, x);                                                      \
    goto reclaiming                                                            \
  }
#define may_miss(x)                                                            \
  (process[n].session && node[x].stored && !node[x].deleted                    \
   && !node[x].locked && (x) != self(n) && !dead_if_free(x))

/* -- behaviour ------------------------------------------------------------- */

/* Keeper and poller of one process. */
proctype worker(byte n) {
  byte j = 0;
  byte x = 0;
  bit answered = 0;
  bit recorded = 0;
#ifdef RECLAIM_JOBS_FIRST
  byte caught = 0;
#endif

end_rest:
  do
  :: d_step { !process[n].session -> join(n) }
  /* The server is asked to end the broken connection, which has the lock. */
  :: d_step {
       !process[n].session && self(n) != 0 && node[self(n)].stored &&
         node[self(n)].locked && row_free(n) ->
       node[self(n)].locked = 0;
       join(n)
     }
  :: d_step {
       process[n].session && row_free(n) &&
         (node[self(n)].silent || !node[self(n)].stored) ->
       heartbeat(n)
     }
  :: atomic {
       process[n].session && row_free(n) && !in_doubt(n) &&
         (second_rests(n) && idle(n) || idle_two(n)) && any_job(due) ->
       lease_check(n);
       process[n].busy = 1
     };
     atomic {
       lease_take(n, j, answered, recorded);
       process[n].busy = 0
     }
  :: reclaim_step(1)
  :: reclaim_step(2)
  :: reclaim_step(3)
  :: reclaim_step(4)
  :: reclaim_step(5)
  :: reclaim_step(6)
  :: d_step { may_miss(1) -> miss(1) }
  :: d_step { may_miss(2) -> miss(2) }
  :: d_step { may_miss(3) -> miss(3) }
  :: d_step { may_miss(4) -> miss(4) }
  :: d_step { may_miss(5) -> miss(5) }
  :: d_step { may_miss(6) -> miss(6) }

#ifdef SECOND
  /* It asks what it holds. */
  :: d_step {
       process[n].session && row_free(n) && node[self(n)].stored &&
         in_doubt(n) && second_rests(n) ->
       clear_up(n)
     }
#endif

  :: d_step { faults > 0 && !second_asks(n) -> faults--; crash(n) }
  :: atomic {
       faults > 0 && may_stay_away > 0 && !second_asks(n) ->
       faults--;
       may_stay_away--;
       process[n].away = 1;
       if
       :: true -> crash(n)
       :: process[n].session -> node[self(n)].silent = 1
       fi;
       goto end_away
     }
  :: atomic {
       faults > 0 && process[n].session && node[self(n)].stored &&
         row_free(n) ->
       faults--;
       if
       :: true -> lose_connection(n)
       :: node[self(n)].shared == 0 -> leave(n)
       :: true -> node[self(n)].silent = 1 /* stopped; goes on at any time */
       :: true -> /* cut off, which the server has not noticed */
          node[self(n)].silent = 1;
          end_session(n)
       fi
     }
  od;

reclaiming:
  process[n].busy = 1;
  d_step {
    node[x].shared == 0 ->
    reclaim_free(x, MAX_CRASHES);
    x = 0;
#ifdef RECLAIM_JOBS_FIRST
    caught = 0;
#endif
    process[n].busy = 0
  };
  goto end_rest;

end_away:
  false
}

#ifdef SECOND
#define due_here(j) (job[j].state == WAITING)

/* Leases for the node whose lock the worker's connection has, whatever becomes
 * of that one meanwhile. Suspects it leaves alone. */
proctype second_line(byte n) {
  byte j = 0;
  byte name = 0;
  byte coming = 0;

end_rest:
  do
  /* First half: as `lease_check`. */
  :: d_step {
       process[n].session && row_free(n) && !in_doubt(n) && !process[n].away &&
#ifndef SECOND_UNCHECKED
         node[self(n)].stored &&
#endif
         (!process[n].busy && idle(n) || idle_two(n)) && any_job(due_here) ->
       name = self(n);
       process[n].second = ASKS;
#ifndef SECOND_UNCHECKED
       node[name].shared++;
#endif
     };
     /* Second half: as `lease_take`. Its start is recorded, or not. */
     atomic {
       if
       :: due_here(1) -> j = 1
#if JOBS > 1
       :: due_here(2) -> j = 2
#endif
#if JOBS > 2
       :: due_here(3) -> j = 3
#endif
       :: else -> j = 0
       fi;
       d_step {
         unshare(name);
         process[n].second = (j != 0 && !spent(j) -> ANSWERS : RESTS);
         if
         :: j != 0 && spent(j) ->
            bury(j);
            check_tables()
         :: j != 0 && !spent(j) ->
            assert(!asked[j]);
            choose_slot(n);
            coming = chosen;
            draw_fence(j);
            take_job(j, name, true);
            fill_slot(j, COMING, true)
         :: else
         fi;
         j = 0;
         drawn = 0;
         chosen = 0
       }
     };
end_answer:
     atomic {
       /* There was nothing, or the process has died meanwhile. */
       if
       :: process[n].second == RESTS
       :: process[n].second == ANSWERS && !process[n].away ->
          process[n].second = RESTS;
          if
          :: d_step {
               self(n) == name ->
               slot[coming].stage = HELD
             }
          :: d_step {
               /* Another one by now: whoever declared it dead has freed it. */
               self(n) != name ->
               empty_slot(coming)
             }
          :: d_step {
               faults > 0 ->
               faults--;
               empty_slot(coming);
#ifndef SECOND_FORGETS
               process[n].doubt = 1
#endif
             }
          fi
       fi;
       name = 0;
       coming = 0
     }
  od
}
#endif

#define in_stage(s, wanted) (slot[s].stage == wanted && !process[owner(s)].away)

/* One slot, with the handler in it. */
proctype performer(byte s) {
end_idle:
  do
  :: d_step {
       in_stage(s, HELD) && may_start(s) ->
       slot[s].stage = RUNNING;
       if
       :: slot[s].life == committed[slot[s].job] ->
          started[slot[s].job] = started[slot[s].job] + slot[s].recorded;
#ifdef POISON
          begun[slot[s].job]++;
#endif
          /* The last allowed attempt begins once. */
          assert(!slot[s].last || !last_begun[slot[s].job]);
          last_begun[slot[s].job] = last_begun[slot[s].job] || slot[s].last
       :: else
       fi;
       check_tables()
     }
#ifdef PREFETCH
  /* A last attempt waits for its record. */
  :: d_step {
       in_stage(s, HELD) && !may_start(s) ->
       record(s);
       if
       :: accepted -> slot[s].recorded = 1
       :: else -> empty_slot(s)
       fi
     }
  /* What runs long has its start recorded late. */
  :: d_step {
       in_stage(s, RUNNING) && !slot[s].recorded && is_ours(s) ->
       record(s);
       slot[s].recorded = 1
     }
  /* The same, but the answer is lost: it is sent again. */
  :: d_step {
       (in_stage(s, HELD) && !may_start(s) ||
        in_stage(s, RUNNING) && !slot[s].recorded) &&
         is_ours(s) && job[slot[s].job].unrecorded && faults > 0 ->
       faults--;
       record(s)
     }
#endif
  :: d_step {
       in_stage(s, RUNNING) && poison(slot[s].job) && !process[owner(s)].busy ->
       crash(owner(s))
     }
  :: d_step {
       in_stage(s, RUNNING) && !poison(slot[s].job) ->
       slot[s].stage = COMPLETED
     }
  :: d_step {
       in_stage(s, RUNNING) && !poison(slot[s].job) && retries > 0 ->
       retries--;
       slot[s].stage = (slot[s].last -> DIED : RETRIED)
     }
  :: d_step {
       in_stage(s, RUNNING) && !poison(slot[s].job) && retries > 0 ->
       retries--;
       slot[s].stage = RESCHEDULED
     }
  :: d_step {
       in_stage(s, HELD) && releases > 0 ->
       releases--;
       slot[s].stage = RELEASED
     }
#if CANCELS > 0
  /* A heartbeat has told of the mark: it does not begin, or is told to stop. */
  :: d_step {
       (in_stage(s, HELD) || in_stage(s, RUNNING)) && is_ours(s) &&
         job[slot[s].job].cancelled ->
       slot[s].stage = DIED
     }
#endif
  /* Leases of another name than the present one are forgotten, unless their
   * handlers were quicker. */
  :: d_step {
       in_stage(s, HELD) && process[owner(s)].session &&
         !(job[slot[s].job].node == self(owner(s)) &&
              job[slot[s].job].fence == slot[s].fence) ->
       empty_slot(s)
     }
  :: d_step { in_stage(s, RELEASED) -> release(s); empty_slot(s) }
  :: d_step { is_answered(s) -> settle(s); empty_slot(s) }
  /* The same, but the answer is lost: it is sent again. */
  :: d_step {
       in_stage(s, RELEASED) && faults > 0 ->
       faults--;
       release(s)
     }
  :: d_step {
       is_answered(s) && faults > 0 ->
       faults--;
       settle(s)
     }
  od
}

#define may_cancel(j) (cancels > 0 && stored(j) && !job[j].cancelled)

/* Enqueues an id again when it is free, cancels jobs; says when nothing can
 * happen. */
proctype client() {
  do
  :: d_step {
       again > 0 && !stored(1) ->
       again--;
       enqueue(1);
       check_tables()
     }
#if CANCELS > 0
  :: d_step { may_cancel(1) -> cancels--; cancel(1); check_tables() }
#if JOBS > 1
  :: d_step { may_cancel(2) -> cancels--; cancel(2); check_tables() }
#endif
#if JOBS > 2
  :: d_step { may_cancel(3) -> cancels--; cancel(3); check_tables() }
#endif
#endif
  :: timeout ->
     /* Whatever happened, all jobs have ended. */
     assert(finished);
     break
  od
}

#ifdef BUSY
/* Whatever else goes on, for ever: progress must not need silence. */
bit tick;
active proctype elsewhere() {
  do
  :: tick = 1 - tick
  od
}
#endif

init {
  atomic {
    for (drawn : 1 .. JOBS) {
      enqueue(drawn)
    }
    for (drawn : 0 .. NODES - 1) {
      run worker(drawn);
#ifdef SECOND
      run second_line(drawn)
#endif
    }
    for (drawn : 0 .. NODES * SLOTS - 1) {
      run performer(drawn)
    }
    drawn = 0;
    run client()
  }
}

ltl progress { <>[] finished }
