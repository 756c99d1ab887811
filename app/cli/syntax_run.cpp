#include "app/cli/syntax.hpp"

namespace callboard::app::syntax {

void add_run(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "run",
      "Perform the jobs of the config file's queues, until stopped.\n"
      "\n"
      "SIGTERM or Ctrl-C: take no new jobs, finish those that run within "
      "shutdown_grace, end; a second one ends at once, and what still ran is "
      "performed again by another node or at the next start.\n"
      "SIGHUP: read the config file again and replace the workers without a "
      "pause; a file with problems changes nothing.\n"
      "Several of these may share one database.");
  auto value = choose<run_command>(*app, chosen);
  app->add_flag("--live", value->live,
                "Print a line for each thing that happens to a job, for "
                "people to watch, and a summary at the end.");
  auto* once = app->add_flag(
      "--once", value->once,
      "End when no job of the queues is due or runs any more. Default: go on "
      "until stopped.");
  add_duration(
      *app, "--once-horizon", value->once_horizon,
      "With --once, wait for delayed, retried and rescheduled jobs that fall "
      "due within this time, too, such as 30s; one that always comes back "
      "sooner keeps the program going. Units: us, ms, s, m, h, d. "
      "Default: 0s.")
      ->needs(once);
  add_common(*app, *value, "  callboard run -c callboard.json --live");
}

void add_perform(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "perform",
      "Perform jobs for full nodes, without access to their database.\n"
      "\n"
      "A performer dials nodes that listen, offers them the slots of its "
      "queues, gets jobs and answers what became of them. The nodes' files "
      "leave the same queues to performers (\"performers\": {}); this one's "
      "has "
      "the types, no database, and the certificate of this process.\n"
      "SIGTERM or Ctrl-C: take no new jobs, finish those that run within "
      "shutdown_grace, end; a second one ends at once, and what still ran is "
      "performed again elsewhere.\n"
      "SIGHUP: read the config file again and replace the workers without a "
      "pause; a file with problems changes nothing.\n"
      "docs/cluster.md tells more.");
  auto value = choose<perform_command>(*app, chosen);
  app->add_option("--join", value->join,
                  "The nodes to perform for, such as shop-1.example:4910; "
                  "several are separated by commas. Default: node.join of the "
                  "config file.")
      ->option_text("HOST:PORT")
      ->expected(1)
      ->delimiter(',')
      ->take_all();
  app->add_flag("--live", value->live,
                "Print a line for each thing that happens to a job, for "
                "people to watch, and a summary at the end.");
  add_common(*app, *value,
             "  callboard perform -c performer.json\n"
             "  callboard perform -c performer.json --join a.shop:4910,"
             "b.shop:4910");
}

void add_check(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "check",
      "Find every problem of the config file.\n"
      "\n"
      "Does not touch the database. Prints one line when the file is fine "
      "(exit code 0), or a line for "
      "each problem with its place in the file (exit code 2). Plugins are "
      "loaded and certificates read, to see whether they can be.");
  auto value = choose<check_command>(*app, chosen);
  add_common(*app, *value, "  callboard check -c callboard.json");
}

void add_migrate(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "migrate",
      "Bring the tables of the database to this program's version.\n"
      "\n"
      "Creates them when there are none. Each step is a transaction of its "
      "own; running it twice, or on several machines at once, does no harm. "
      "'run' and 'enqueue' do the same unless the config file says "
      "otherwise. Tables that are newer are left as they are.\n"
      "\n"
      "NEEDS is the version that a program must know, at least, to work with "
      "the tables from that step on. A step that would lock out nodes which "
      "are alive is refused; docs/upgrading.md tells how to go on.");
  auto value = choose<migrate_command>(*app, chosen);
  auto* status = app->add_flag(
      "--status", value->status,
      "Change nothing; print the steps, which of them were applied and when. "
      "Exit code 1 when this program can't work with the tables as they are.");
  app->add_flag("--force", value->force,
                "Take steps also while nodes are alive that can't work with "
                "the tables afterwards. These nodes fail.")
      ->excludes(status);
  app->add_flag("--json", value->json, "Print one JSON document.");
  add_common(*app, *value, "  callboard migrate -c callboard.json --status");
}

void add_status(CLI::App& root, command& chosen) {
  auto* app = root.add_subcommand(
      "status",
      "Show the queues and the nodes that work on them.\n"
      "\n"
      "Queues: how many jobs wait, are delayed, run, are suspect (their node "
      "died) or dead, and for how long the oldest due job has waited. "
      "Counts over 10,000 are shown as \"10,000+\". Nodes: whether they live, "
      "their slots, and what they performed.");
  auto value = choose<status_command>(*app, chosen);
  app->add_flag("--watch", value->watch,
                "Show it again each second, until Ctrl-C.");
  app->add_flag("--json", value->json,
                "Print one JSON document (with --watch, one a line).");
  add_node(*app, value->via);
  add_common(*app, *value, "  callboard status -c callboard.json --watch");
}

} // namespace callboard::app::syntax
