// Drains the queue of graphile-worker as fast as it goes: its local queue and
// its batches. Prints the jobs a second, from the start of the first job until
// the last one is completed in the database.
//   node graphile.mjs URL JOBS [schema]      schema: only makes its tables
import { createRequire } from "node:module";
import process from "node:process";

// Installed where this is run, not where it stands.
const { run, runMigrations, Logger } = createRequire(`${process.cwd()}/`)(
  "graphile-worker",
);
const [url, jobs, schema] = process.argv.slice(2);
const quiet = new Logger(() => (level, message) => {
  if (level === "error") console.error(message);
});
const preset = {
  worker: {
    connectionString: url,
    concurrentJobs: 24,
    maxPoolSize: 25,
    localQueue: { size: 500, refetchDelay: { durationMs: 10 } },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
    logger: quiet,
  },
};

if (schema) {
  await runMigrations({ preset, logger: quiet });
  process.exit(0);
}
let began, over, left = Number(jobs);
const all = new Promise((done) => (over = done));
const runner = await run({
  preset,
  logger: quiet,
  noHandleSignals: true,
  taskList: {
    noop: async () => {
      began ??= process.hrtime.bigint();
      if (--left === 0) over();
    },
  },
});
await all;
await runner.stop();
console.log((Number(jobs) * 1e9) / Number(process.hrtime.bigint() - began));
process.exit(0);
