/* The upgrade of one queue: who may run how many slots while generations of
 * pollers replace each other, and where the jobs are meanwhile. docs/model.md
 * says which statement of the code each inline stands for.
 *
 * A lease that finds nothing is no step here: a run ends when nothing is left
 * to do.
 */

/* -- how much is explored -------------------------------------------------- */

#ifndef UPGRADES
#define UPGRADES 3 /* the first one starts the queue */
#endif
#ifndef JOBS
#define JOBS 2
#endif
#ifndef LIMIT
#define LIMIT 2 /* concurrency of the first and of every other generation */
#endif
#ifndef LEAST
#define LEAST LIMIT /* concurrency of the generations between */
#endif
#ifndef CRASHES
#define CRASHES 1 /* of pollers */
#endif

#define POLLERS (UPGRADES + CRASHES)
#define limit_of(g) (((g) & 1) -> LIMIT : LEAST)

/* -- messages -------------------------------------------------------------- */

mtype = { grant, adopt, drain, answer };           /* to a poller */
mtype = { back, handover, refused, ended, fallen }; /* to the supervisor */

chan inbox[POLLERS + 1] = [6] of { mtype, byte };
chan supervisor_inbox = [12] of { mtype, byte, byte };
chan wishes = [POLLERS] of { byte };

/* -- what is known where --------------------------------------------------- */

/* A poller's book outlives it: one for each generation. */
typedef poller_book {
  byte credits;
  byte idle;
  byte buffer;  /* jobs, a bit each */
  byte running; /* jobs in slots, a bit each */
  byte busy;    /* how many those are */
};
poller_book book[UPGRADES + 1]; /* from 1 */

/* The supervisor's. */
byte held[UPGRADES + 1];     /* credits that are out */
byte handle[UPGRADES + 1];   /* the poller that has the book; 0: none */
bit leaves[UPGRADES + 1];    /* was told to drain */
byte live;                   /* the generation that gets the credits; 0: none */
byte limit;
byte generation;
byte pollers;

bit gone[POLLERS + 1]; /* a poller that ended */
byte waiting;          /* jobs in the database that nobody leased */
byte done;
byte crashes = CRASHES;
bit closed;

/* Scratch, meaningless between steps. */
hidden byte i;
hidden byte sum;

#define all_jobs ((1 << JOBS) - 1)

inline check_slots() {
  /* A queue never has more slots than its concurrency allows, and no more
   * credits are out. */
  sum = 0;
  for (i : 1 .. UPGRADES) {
    sum = sum + book[i].idle + book[i].busy
  }
  assert(sum <= LIMIT);
  sum = 0;
  for (i : 1 .. UPGRADES) {
    sum = sum + held[i]
  }
  assert(sum <= LIMIT);
  i = 0;
  sum = 0;
}

inline check_jobs() {
  /* Every job is in one place. */
  sum = waiting | done;
  assert((waiting & done) == 0);
  for (i : 1 .. UPGRADES) {
    assert((sum & (book[i].buffer | book[i].running)) == 0);
    assert((book[i].buffer & book[i].running) == 0);
    sum = sum | book[i].buffer | book[i].running
  }
  i = 0;
  sum = 0;
}

/* -- sending --------------------------------------------------------------- */

inline release(jobs) {
  assert((waiting & jobs) == 0);
  waiting = waiting | jobs;
  check_jobs()
}

/* What a poller that is gone does not get. Requests are refused; the others
 * are lost. */
inline bounce(what, about) {
  if
  :: what == adopt ->
#ifndef NAIVE
     assert(nfull(supervisor_inbox));
     supervisor_inbox ! refused(0, about)
#else
     skip
#endif
  :: what == answer -> release(about)
  :: else
  fi
}

inline tell(to, what, about) {
  if
  :: gone[to] -> bounce(what, about)
  :: else ->
     assert(nfull(inbox[to]));
     inbox[to] ! what(about)
  fi
}

inline tell_supervisor(what, from, about) {
  assert(nfull(supervisor_inbox));
  supervisor_inbox ! what(from, about)
}

/* -- the poller ------------------------------------------------------------ */

inline hand_up(g) {
  if
  :: book[g].buffer != 0 ->
#ifdef NAIVE
     tell(handle[g + 1], adopt, book[g].buffer);
#else
     tell_supervisor(handover, g, book[g].buffer);
#endif
     book[g].buffer = 0
  :: else
  fi
}

inline retire(g) {
  book[g].credits--;
#ifdef NAIVE
  tell(handle[g + 1], grant, 1)
#else
  tell_supervisor(back, g, 1)
#endif
}

inline retire_idle(g) {
  do
  :: book[g].idle > 0 ->
     book[g].idle--;
     retire(g)
  :: else -> break
  od
}

inline end_poller(id, g, how) {
  gone[id] = 1;
  tell_supervisor(how, g, 0);
  do
  :: inbox[id] ? what(about) -> bounce(what, about)
  :: empty(inbox[id]) -> break
  od;
  goto end_gone
}

#define is_empty(g) (book[g].idle + book[g].busy == 0)

proctype poller(byte id; byte g; bit draining) {
  bit leasing = 0;
  byte about = 0;
  byte j = 0;
  mtype what = 0;

  atomic {
    if
    :: draining ->
       hand_up(g);
       retire_idle(g)
    :: else ->
       book[g].idle = book[g].credits - book[g].busy
    fi;
    check_slots()
  }

end_rest:
  do
  :: atomic {
       inbox[id] ? grant(about) ->
       book[g].credits = book[g].credits + about;
       book[g].idle = book[g].idle + about;
       about = 0;
#ifdef NAIVE
       if
       :: draining -> retire_idle(g)
       :: else
       fi;
#endif
       check_slots()
     }
  :: atomic {
       inbox[id] ? adopt(about) ->
       book[g].buffer = book[g].buffer | about;
       about = 0;
       check_jobs();
       if
       :: draining -> hand_up(g)
       :: else
       fi
     }
  :: atomic {
       inbox[id] ? answer(about) ->
       leasing = 0;
       book[g].buffer = book[g].buffer | about;
       about = 0;
       check_jobs();
       if
       :: draining -> hand_up(g)
       :: else
       fi
     }
  :: atomic {
       inbox[id] ? drain(_) ->
       draining = 1;
       hand_up(g);
       retire_idle(g)
     }

  /* Fill a slot. */
  :: atomic {
       !draining && book[g].idle > 0 && book[g].buffer != 0 ->
       j = 0;
       do
       :: (book[g].buffer >> j) & 1 -> break
       :: else -> j++
       od;
       book[g].buffer = book[g].buffer & ~(1 << j);
       book[g].running = book[g].running | (1 << j);
       book[g].idle--;
       book[g].busy++;
       j = 0;
       check_jobs()
     }
  /* Lease for an idle one. */
  :: atomic {
       !draining && !leasing && book[g].idle > 0 && book[g].buffer == 0 &&
         waiting != 0 ->
       leasing = 1;
       wishes ! id
     }
  /* A handler has ended. */
  :: atomic {
       book[g].running != 0 ->
       if
       :: book[g].running & 1 -> j = 0
       :: book[g].running & 2 -> j = 1
       :: book[g].running & 4 -> j = 2
       fi;
       assert(((done >> j) & 1) == 0);
       done = done | (1 << j);
       book[g].running = book[g].running & ~(1 << j);
       book[g].busy--;
       j = 0;
       if
       :: draining -> retire(g)
       :: else -> book[g].idle++
       fi;
       check_slots()
     }

  :: atomic {
       draining && !leasing && is_empty(g) ->
       assert(book[g].buffer == 0);
       end_poller(id, g, ended)
     }
  :: atomic {
       crashes > 0 ->
       crashes--;
       end_poller(id, g, fallen)
     }
  od;

end_gone:
  skip
}

/* -- the store ------------------------------------------------------------- */

proctype store() {
  byte id = 0;
  byte j = 0;

end_rest:
  do
  :: atomic {
       wishes ? id ->
       if
       :: waiting & 1 -> j = 1
       :: waiting & 2 -> j = 2
       :: waiting & 4 -> j = 4
       :: waiting == 0 -> j = 0
       fi;
       waiting = waiting & ~j;
       tell(id, answer, j);
       id = 0;
       j = 0
     }
  od
}

/* -- the supervisor -------------------------------------------------------- */

inline spawn(g) {
  pollers++;
  handle[g] = pollers;
  run poller(pollers, g, leaves[g])
}

/* What may be granted to the living poller, and is. */
inline grant_credits() {
#ifndef NAIVE
  if
  :: live != 0 ->
     sum = 0;
     for (i : 1 .. UPGRADES) {
       sum = sum + held[i]
     }
     i = 0;
     if
     :: sum < limit ->
        sum = limit - sum;
        held[live] = held[live] + sum;
        tell(handle[live], grant, sum)
     :: else
     fi;
     sum = 0
  :: else
  fi;
  check_slots()
#else
  skip
#endif
}

/* To whoever lives now, or back to the database. */
inline pass_on(jobs) {
  if
  :: live != 0 -> tell(handle[live], adopt, jobs)
  :: else -> release(jobs)
  fi
}

inline drain_all() {
  for (x : 1 .. UPGRADES) {
    if
    :: handle[x] != 0 && !leaves[x] && x != live ->
       leaves[x] = 1;
       tell(handle[x], drain, 0)
    :: else
    fi
  }
  x = 0
}

proctype supervisor() {
  byte g = 0;
  byte x = 0;

end_rest:
  do
  :: atomic {
       generation < UPGRADES ->
       generation++;
       live = generation;
       limit = limit_of(generation);
       spawn(live);
       drain_all();
#ifdef NAIVE
       if
       :: generation == 1 -> tell(handle[1], grant, limit)
       :: else
       fi
#endif
       grant_credits()
     }
#ifdef CLOSE
  :: atomic {
       generation == UPGRADES && !closed ->
       closed = 1;
       live = 0;
       limit = 0;
       drain_all()
     }
#endif
  :: atomic {
       supervisor_inbox ? back(g, x) ->
       held[g] = held[g] - x;
       grant_credits();
       g = 0;
       x = 0
     }
  :: atomic {
       supervisor_inbox ? handover(g, x) ->
       pass_on(x);
       g = 0;
       x = 0
     }
  :: atomic {
       supervisor_inbox ? refused(_, x) ->
       pass_on(x);
       x = 0
     }
  :: atomic {
       supervisor_inbox ? ended(g, _) ->
       handle[g] = 0;
       held[g] = 0;
       grant_credits();
       g = 0
     }
  :: atomic {
       supervisor_inbox ? fallen(g, _) ->
#ifndef GRANTS_LOST
       /* A grant may have been on its way to the one that fell. */
       book[g].credits = held[g];
#endif
       spawn(g);
       g = 0
     }
  od
}

/* -- properties ------------------------------------------------------------ */

#define settled_down                                                           \
  (generation == UPGRADES && len(supervisor_inbox) == 0 && old_are_gone)
#if UPGRADES == 2
#define old_are_gone (handle[1] == 0)
#elif UPGRADES == 3
#define old_are_gone (handle[1] == 0 && handle[2] == 0)
#else
#define old_are_gone (handle[1] == 0 && handle[2] == 0 && handle[3] == 0)
#endif

#ifdef CLOSE
/* What was not started is in the database, and nobody is left. */
#define finished                                                               \
  (settled_down && closed && handle[UPGRADES] == 0                             \
   && (waiting | done) == all_jobs)
#else
/* All is done, and all credits are with the living poller. */
#define finished                                                               \
  (settled_down && done == all_jobs                                            \
   && book[UPGRADES].idle == limit                                             \
   && book[UPGRADES].credits == limit)
#endif

proctype watcher() {
  timeout -> assert(finished)
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
    gone[0] = 1;
    waiting = all_jobs;
    run store();
    run supervisor();
    run watcher()
  }
}

ltl progress { <>[] finished }
