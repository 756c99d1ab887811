#include "app/cli/syntax.hpp"

#include <limits>

namespace callboard::app::syntax {

namespace {

void add_filter(CLI::App& app, std::optional<std::string>& queue,
                std::optional<std::string>& type) {
  add_optional(app, "-q,--queue", queue,
               "Only this queue, such as mail. Default: all.")
      ->option_text("QUEUE");
  add_optional(app, "-t,--type", type,
               "Only this type, such as welcome. Default: all.")
      ->option_text("TYPE");
}

void add_limit(CLI::App& app, std::size_t& limit) {
  app.add_option("--limit", limit,
                 "At most so many, 1 to 100000. Default: 100.")
      ->option_text("N")
      ->check(CLI::Range(1, 100'000));
}

void add_json(CLI::App& app, bool& json) {
  app.add_flag("--json", json,
               "Print one JSON document. Default: a table for people.");
}

CLI::Option* add_ids(CLI::App& app, std::vector<std::string>& ids,
                     const std::string& help) {
  return app.add_option("ID", ids, help)
      ->option_text("ID")
      ->expected(1, CLI::detail::expected_max_vector_size);
}

/// What `dead retry` and `dead purge` share: ids, a filter, or all.
void add_dead_choice(CLI::App& app, dead_filter& filter) {
  auto* ids = add_ids(app, filter.ids, "The ids of the dead letters.");
  add_filter(app, filter.queue, filter.type);
  auto* all = app.add_flag(
      "--all", [](std::int64_t) {}, "All dead letters.");
  for (const auto* name : {"--queue", "--type"})
    all->excludes(app.get_option(name));
  all->excludes(ids);
  auto chosen = [&app, ids, all] {
    if (ids->count() + all->count() + app.get_option("--queue")->count()
            + app.get_option("--type")->count()
        == 0)
      throw CLI::ValidationError{
          "which dead letters? Give ids, -q QUEUE, -t TYPE or --all"};
  };
  app.parse_complete_callback(chosen);
}

void add_dead_list(CLI::App& dead, command& chosen) {
  auto* app = dead.add_subcommand(
      "list", "List dead letters, the oldest first.\n"
              "\n"
              "Each has a number, by which --after goes on; an id can die "
              "more than once.");
  auto value = choose<dead_list_command>(*app, chosen);
  add_filter(*app, value->filter.queue, value->filter.type);
  add_limit(*app, value->filter.limit);
  app->add_option("--after", value->filter.after,
                  "Go on after the dead letter with this number, the last "
                  "one of the page before. Default: 0, from the beginning.")
      ->option_text("NUMBER")
      ->check(CLI::Range(std::int64_t{0},
                         std::numeric_limits<std::int64_t>::max()));
  add_json(*app, value->json);
  add_common(*app, *value, "  callboard dead list -q mail");
}

void add_dead_show(CLI::App& dead, command& chosen) {
  auto* app = dead.add_subcommand(
      "show", "Show the dead letters with an id: each with its error and "
              "arg.");
  auto value = choose<dead_show_command>(*app, chosen);
  app->add_option("ID", value->id, "The id.")->option_text("ID")->required();
  auto* raw = app->add_flag("--arg", value->raw_arg,
                            "Print only the arg of the newest, byte by byte.");
  app->add_flag("--json", value->json,
                "Print one JSON document. Default: text for people.")
      ->excludes(raw);
  add_common(*app, *value, "  callboard dead show order-4711");
}

void add_dead_retry(CLI::App& dead, command& chosen) {
  auto* app = dead.add_subcommand(
      "retry", "Make dead letters due again at once, with attempt 0.\n"
               "\n"
               "Prints how many went back. One whose id is stored again by "
               "now stays where it is (exit code 3).");
  auto value = choose<dead_retry_command>(*app, chosen);
  add_dead_choice(*app, value->filter);
  add_common(*app, *value, "  callboard dead retry -q mail -t welcome");
}

void add_dead_purge(CLI::App& dead, command& chosen) {
  auto* app = dead.add_subcommand(
      "purge", "Delete dead letters for ever.\n"
               "\n"
               "Asks first on a terminal; elsewhere it needs --yes. Prints "
               "how many were deleted.");
  auto value = choose<dead_purge_command>(*app, chosen);
  add_dead_choice(*app, value->filter);
  app->add_flag("--yes", value->yes, "Don't ask.");
  add_common(*app, *value, "  callboard dead purge -q mail --yes");
}

} // namespace

void add_jobs(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "jobs", "List stored jobs, by id.\n"
              "\n"
              "Generated ids sort by the moment of their enqueue.");
  auto value = choose<jobs_command>(*app, chosen);
  add_filter(*app, value->filter.queue, value->filter.type);
  static const std::map<std::string, job_state> states{
      {"waiting", job_state::waiting},
      {"delayed", job_state::delayed},
      {"running", job_state::running},
      {"suspect", job_state::suspect},
      {"dead", job_state::dead}};
  app->add_option_function<std::string>(
         "--state",
         [value](const std::string& name) {
           value->filter.state = states.at(name);
         },
         "Only this state: waiting (due), delayed (due later), running, "
         "suspect (its node died; it is tried again alone) or dead. "
         "Default: all but dead.")
      ->option_text("STATE")
      ->check(CLI::IsMember{states});
  add_limit(*app, value->filter.limit);
  app->add_option("--after", value->filter.after,
                  "Go on after the job with this id, the last one of the "
                  "page before. Default: from the beginning.")
      ->option_text("ID");
  add_json(*app, value->json);
  add_common(*app, *value, "  callboard jobs -q mail --state running");
}

void add_job(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "job", "Show everything about one job.\n"
             "\n"
             "The arg is shown as text when it is text, else as the head of "
             "a hex dump. An id that is not stored is exit code 1: jobs go "
             "when they are done.");
  auto value = choose<job_command>(*app, chosen);
  app->add_option("ID", value->id, "The id.")->option_text("ID")->required();
  auto* raw = app->add_flag("--arg", value->raw_arg,
                            "Print only the arg, byte by byte.");
  app->add_flag("--json", value->json,
                "Print one JSON document. Default: text for people.")
      ->excludes(raw);
  add_common(*app, *value, "  callboard job order-4711 --arg >arg.json");
}

void add_cancel(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "cancel", "Remove jobs that wait, ask running ones to stop.\n"
                "\n"
                "Prints a line for each job: its id and removed, or its id and "
                "asked. One that is asked to stop is done if it completes "
                "nevertheless, else it goes to the dead letters as cancelled; "
                "it is not run again. A dead letter is left alone (exit code "
                "3); an id that is not stored is exit code 1.");
  auto value = choose<cancel_command>(*app, chosen);
  add_ids(*app, value->ids, "The ids of the jobs.")->required();
  add_node(*app, value->via);
  add_common(*app, *value, "  callboard cancel order-4711 order-4712");
}

void add_dead(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "dead", "List, show, retry or purge dead letters.\n"
              "\n"
              "A dead letter is a job that will not be tried again unless "
              "someone says so, kept with its last error.");
  app->require_subcommand(1);
  add_dead_list(*app, chosen);
  add_dead_show(*app, chosen);
  add_dead_retry(*app, chosen);
  add_dead_purge(*app, chosen);
  app->footer("Exit codes: 0 done, 1 failed, 2 bad usage or config, "
              "3 conflict, 4 database unreachable.");
}

} // namespace callboard::app::syntax
