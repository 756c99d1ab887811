#include "app/cli/moment.hpp"
#include "app/cli/syntax.hpp"

#include <limits>

namespace callboard::app::syntax {

namespace {

void add_what(CLI::App& app, enqueue_command& value) {
  app.add_option("-q,--queue", value.queue,
                 "The queue, such as mail. Required, except with --stdin, "
                 "where it stands for lines that name none.")
      ->option_text("QUEUE");
  app.add_option("-t,--type", value.type,
                 "The type, which selects the handler, such as welcome. "
                 "Required, except with --stdin, as -q.")
      ->option_text("TYPE");
  auto* arg = add_optional(app, "--arg", value.arg,
                           "The arg as text, such as '{\"user\":42}'. "
                           "Default: empty.")
                  ->option_text("TEXT");
  app.add_option("--arg-file", value.arg_file,
                 "The arg as the bytes of a file; - is standard input.")
      ->option_text("FILE")
      ->excludes(arg);
  app.add_option_function<std::string>(
         "--id",
         [&value](const std::string& text) {
           // A variable of a script that is not set: the job would lose what
           // keeps it from being stored twice.
           if (text.empty())
             throw CLI::ValidationError{
                 "--id", "must not be empty; leave it out for a new one"};
           value.id = text;
         },
         "The id, unique among the stored jobs, such as order-4711. "
         "One that is stored already is a conflict (exit code 3). "
         "Default: a new UUIDv7.")
      ->option_text("ID");
  app.add_option("--request-id", value.request_id,
                 "Goes with the job through all logs, such as req-81. "
                 "Default: a new random one.")
      ->option_text("ID");
}

void add_when(CLI::App& app, enqueue_command& value) {
  auto* delay
      = add_duration(app, "--delay", value.delay,
                     "Not before so long from now, such as 10s or 1h30m. "
                     "Units: us, ms, s, m, h, d. Default: at once.");
  app.add_option_function<std::string>(
         "--at",
         [&value](const std::string& text) {
           auto moment = parse_moment(text);
           if (!moment)
             throw CLI::ValidationError{"--at", moment.error().message};
           value.run_at = *moment;
         },
         "Not before this moment, with its offset from UTC, such as "
         "2026-11-24T08:00:00Z. Default: at once.")
      ->option_text("MOMENT")
      ->excludes(delay);
  app.add_option("--priority", value.priority,
                 "Smaller goes first within the queue, -32768 to 32767, such "
                 "as -10. Default: 0.")
      ->option_text("N")
      ->check(CLI::Range(std::numeric_limits<std::int16_t>::min(),
                         std::numeric_limits<std::int16_t>::max()));
  app.add_option("--max-attempts", value.max_attempts,
                 "Attempts before the job goes to the dead letters, such as "
                 "3. Default: what the type's retry policy says.")
      ->option_text("N")
      ->check(CLI::Range(1, std::numeric_limits<std::int32_t>::max()));
  add_duration(app, "--timeout", value.timeout,
               "How long one attempt may take, such as 30s. Default: what the "
               "type says.");
}

void add_bulk(CLI::App& app, enqueue_command& value) {
  auto* bulk = app.add_flag(
      "--stdin", value.from_stdin,
      "Read jobs from standard input, one JSON object a line with the keys "
      "queue, type, arg (a string, or any JSON, which is stored as JSON "
      "text) or arg_base64, id, delay, run_at, priority, request_id, "
      "max_attempts and timeout. Stored in batches of up to 1,000 lines (8 "
      "MiB), each of "
      "them completely or not at all; memory stays constant.");
  app.add_flag("--skip-existing", value.skip_existing,
               "With --stdin, pass over jobs whose id is stored already. "
               "Default: such a line ends the command with exit code 3.")
      ->needs(bulk);
  for (const auto* single : {"--arg", "--arg-file", "--id", "--delay", "--at"})
    bulk->excludes(app.get_option(single));
}

} // namespace

void add_enqueue(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "enqueue",
      "Store a job (or, with --stdin, many), and print its id.\n"
      "\n"
      "When the command ends with exit code 0, the job is stored durably and "
      "will be performed at least once.");
  auto value = choose<enqueue_command>(*app, chosen);
  add_what(*app, *value);
  add_when(*app, *value);
  add_bulk(*app, *value);
  auto* strict = app->add_flag(
      "--strict", value->strict,
      "Refuse a queue or type that the config file does not name (exit code "
      "2), so not with --node. Default: warn, and store the job.");
  add_duration(*app, "--deadline", value->deadline,
               "Give up when the database or the node has not done it by then, "
               "such as 3s (exit code 4: nothing was stored). With --stdin, "
               "for each batch. Default: 10s, with --node its --node-timeout.");
  app->add_flag("--quiet", value->quiet,
                "Don't print ids. Default: one id a line.");
  add_node(*app, value->via);
  strict->excludes(app->get_option("--node"));
  add_common(*app, *value,
             "  callboard enqueue -q mail -t welcome --arg '{\"user\":42}'\n"
             "  callboard enqueue --stdin -q mail <jobs.jsonl");
}

} // namespace callboard::app::syntax
