#include "tests/e2e/scene.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch.hpp>

#include <csignal>

using namespace callboard::test;
using Catch::Contains;
namespace json = boost::json;

namespace {

json::value parsed(const std::string& document) {
  CHECK(document.find('\n') == document.size() - 1);
  return json::parse(document);
}

} // namespace

TEST_CASE("a job is enqueued, listed, shown, performed, and gone") {
  scene here;
  CHECK(here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--arg",
                 "{\"user\":42}", "--id", "a1", "--priority", "-3"})
        == "a1\n");
  CHECK_THAT(here.ok({"jobs"}), Contains("a1  mail   welcome  waiting"));
  auto list = parsed(here.ok({"jobs", "--json"}));
  CHECK(list.at("jobs").as_array().size() == 1);
  CHECK_FALSE(list.at("more").as_bool());
  auto job = parsed(here.ok({"job", "a1", "--json"}));
  CHECK(job.at("arg").as_string() == "{\"user\":42}");
  CHECK(job.at("priority").as_int64() == -3);
  CHECK(job.at("state").as_string() == "waiting");
  CHECK(here.ok({"job", "a1", "--arg"}) == "{\"user\":42}");
  CHECK_THAT(here.ok({"job", "a1"}), Contains("  {\"user\":42}"));
  CHECK_THAT(here.ok({"run", "--live", "--once"}),
             Contains("a1  ✔ done in") && Contains("mail   welcome     1"));
  auto gone = here.callboard({"job", "a1"});
  CHECK(gone.code == 1);
  CHECK_THAT(gone.err, Contains("no job has the id 'a1'"));
}

TEST_CASE("an id that is stored is a conflict and stores nothing") {
  scene here;
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "a1", "--arg",
           "first"});
  auto again = here.callboard({"enqueue", "-q", "mail", "-t", "welcome", "--id",
                               "a1", "--arg", "second"});
  CHECK(again.code == 3);
  CHECK(again.out.empty());
  CHECK_THAT(again.err, Contains("callboard: ") && Contains("'a1'"));
  CHECK(here.ok({"job", "a1", "--arg"}) == "first");
}

TEST_CASE("a job whose id can't be printed is stored, and its id is told") {
  scene here;
  auto enqueue = [&](const std::string& to) {
    return run({"sh", "-c",
                CALLBOARD_PROGRAM " enqueue -q mail -t welcome --id a1 " + to},
               {}, here.options());
  };
  struct sample {
    std::string to;
    std::string why;
  };
  auto each = GENERATE(values<sample>({
      {">/dev/full", "is its disk full?"},
      {">&-", "standard output is closed"},
  }));
  auto done = enqueue(each.to);
  CHECK(done.code == 1);
  CHECK_THAT(done.err,
             Contains("stored, with the id a1") && Contains(each.why));
  CHECK(here.waiting() == 1);
}

TEST_CASE("an arg of any bytes comes back as it went in") {
  scene here;
  std::string bytes{"\0\xff\n\x1b end", 8};
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", "a1", "--arg-file",
           "-"},
          bytes);
  CHECK(here.ok({"job", "a1", "--arg"}) == bytes);
  CHECK_THAT(here.ok({"job", "a1"}), Contains("00000000  00 ff 0a 1b"));
  CHECK(parsed(here.ok({"job", "a1", "--json"})).at("arg_base64").as_string()
        == "AP8KGyBlbmQ=");
}

TEST_CASE("a standard input that is closed is no empty one") {
  scene here;
  auto options = GENERATE(as<std::string>{}, "--arg-file -", "--stdin");
  auto done = run(
      {"sh", "-c",
       CALLBOARD_PROGRAM " enqueue -q mail -t welcome " + options + " <&-"},
      {}, here.options());
  CHECK(done.code != 0);
  CHECK_THAT(done.err, Contains("Bad file descriptor"));
  CHECK(here.waiting() == 0);
}

TEST_CASE("an arg over the limit is refused and names the limit") {
  scene here;
  here.write("big", std::string(16 * 1024 * 1024 + 1, 'x'));
  auto done = here.callboard(
      {"enqueue", "-q", "mail", "-t", "welcome", "--arg-file", "big"});
  CHECK(done.code == 2);
  CHECK_THAT(done.err, Contains("big holds more than 16777216 bytes"));
  auto absent = here.callboard(
      {"enqueue", "-q", "mail", "-t", "welcome", "--arg-file", "none"});
  CHECK(absent.code == 2);
  CHECK_THAT(absent.err,
             Contains("--arg-file none: No such file or directory"));
  CHECK_THAT(here.callboard({"jobs"}).err, Contains("callboard"));
}

TEST_CASE("a queue or type that nobody knows is warned about or refused") {
  scene here;
  auto type = here.callboard({"enqueue", "-q", "mail", "-t", "welcom"});
  CHECK(type.code == 0);
  CHECK_THAT(type.err, Contains("warning") && Contains("'welcom'"));
  auto queue = here.callboard({"enqueue", "-q", "mial", "-t", "welcome"});
  CHECK(queue.code == 0);
  CHECK_THAT(queue.err, Contains("no queue 'mial'"));
  auto strict
      = here.callboard({"enqueue", "-q", "mial", "-t", "welcome", "--strict"});
  CHECK(strict.code == 2);
  CHECK(strict.out.empty());
  CHECK_THAT(here.ok({"run", "--live", "--once"}), Contains("unknown type"));
  CHECK_THAT(here.ok({"jobs", "-q", "mial"}), Contains("waiting"));
}

TEST_CASE("dead letters are listed, shown, retried and purged") {
  scene here;
  for (const auto* id : {"b1", "b2", "b3"})
    here.ok({"enqueue", "-q", "mail", "-t", "broken", "--id", id, "--arg",
             "customer 4711"});
  here.ok({"run", "--once"});
  auto list = parsed(here.ok({"dead", "list", "--json"}));
  REQUIRE(list.at("dead_letters").as_array().size() == 3);
  CHECK_THAT(here.ok({"dead", "list", "-q", "mail"}), Contains("no route"));
  CHECK_THAT(here.ok({"dead", "show", "b1"}),
             Contains("no route") && Contains("customer 4711"));
  CHECK(here.ok({"dead", "show", "b1", "--arg"}) == "customer 4711");
  CHECK(here.ok({"dead", "retry", "b1"}) == "1\n");
  CHECK_THAT(here.ok({"jobs"}), Contains("b1") && !Contains("b2"));
  auto unasked = here.callboard({"dead", "purge", "--all"});
  CHECK(unasked.code == 2);
  CHECK_THAT(unasked.err, Contains("--yes"));
  CHECK_THAT(here.callboard({"dead", "purge", "b2", "--yes"}).err,
             Contains("1 dead letter was deleted"));
  CHECK(here.ok({"dead", "purge", "-t", "broken", "--yes"}) == "1\n");
  auto none = here.callboard({"dead", "show", "b2"});
  CHECK(none.code == 1);
  CHECK_THAT(none.err, Contains("no dead letter has the id 'b2'"));
}

TEST_CASE("more dead letters than a batch go back in one command") {
  scene here;
  std::string lines;
  for (int i = 0; i < 1500; ++i)
    lines += "{\"queue\": \"mail\", \"type\": \"nobody\"}\n";
  here.ok({"enqueue", "--stdin", "--quiet"}, lines);
  here.ok({"run", "--once"});
  CHECK(here.ok({"dead", "retry", "-t", "nobody"}) == "1500\n");
  CHECK(parsed(here.ok({"dead", "list", "--json"}))
            .at("dead_letters")
            .as_array()
            .empty());
}

TEST_CASE("of a job that died twice one dead letter goes back, and that is no "
          "conflict") {
  scene here;
  for (int i = 0; i < 2; ++i) {
    here.ok({"enqueue", "-q", "mail", "-t", "broken", "--id", "b1"});
    here.ok({"run", "--once"});
  }
  auto which = GENERATE(as<std::string>{}, "b1", "--all");
  auto done = here.callboard({"dead", "retry", which});
  CHECK(done.code == 0);
  CHECK(done.out == "1\n");
  CHECK_THAT(done.err, !Contains("stayed"));
}

TEST_CASE("a dead letter whose id is stored again stays dead") {
  scene here;
  here.ok({"enqueue", "-q", "mail", "-t", "broken", "--id", "b1"});
  here.ok({"run", "--once"});
  here.ok({"enqueue", "-q", "mail", "-t", "broken", "--id", "b1"});
  auto kept = here.callboard({"dead", "retry", "b1"});
  CHECK(kept.code == 3);
  CHECK(kept.out == "0\n");
  auto absent = here.callboard({"dead", "retry", "b9"});
  CHECK(absent.code == 1);
  CHECK_THAT(absent.err, Contains("'b9'"));
  auto all = here.callboard({"dead", "retry", "--all"});
  CHECK(all.code == 3);
  CHECK(all.out == "0\n");
  CHECK_THAT(all.err, Contains("1 stayed where it is, because a job with its "
                               "id is stored"));
}

TEST_CASE("jobs that wait are removed, those that run are asked to stop") {
  scene here;
  here.close_gate();
  for (const auto* id : {"w1", "w2"})
    here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--id", id, "--delay",
             "1h"});
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  auto daemon = here.daemon();
  daemon->await_line("g1  ▶ started");
  auto done = here.callboard({"cancel", "w1", "g1", "w1", "none", "w2"});
  CHECK(done.code == 1);
  CHECK(done.out == "w1 removed\ng1 asked\nw2 removed\n");
  CHECK_THAT(done.err, Contains("no job has the id 'none'"));
  // The gate stays closed: the program behind it is told to end.
  daemon->await_line("g1  ✝ dead: cancelled");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
}

TEST_CASE("status counts the queues and names the nodes") {
  scene here;
  here.close_gate();
  here.ok({"enqueue", "-q", "mail", "-t", "welcome", "--delay", "1h"});
  here.ok({"enqueue", "-q", "mail", "-t", "gate", "--id", "g1"});
  auto daemon = here.daemon();
  daemon->await_line("g1  ▶ started");
  auto status = parsed(here.ok({"status", "--json"}));
  const auto& queue = status.at("queues").as_array().at(0);
  CHECK(queue.at("queue").as_string() == "mail");
  CHECK(queue.at("delayed").at("value").as_int64() == 1);
  CHECK(queue.at("running").at("value").as_int64() == 1);
  REQUIRE(status.at("nodes").as_array().size() == 1);
  CHECK(status.at("nodes").as_array().at(0).at("alive").as_bool());
  CHECK_THAT(here.ok({"status"}), Contains("OLDEST DUE") && Contains("alive"));
  here.open_gate();
  daemon->await_line("g1  ✔ done");
  daemon->signal(SIGTERM);
  CHECK(daemon->wait() == 0);
}

TEST_CASE("a status that is watched goes on until Ctrl-C") {
  scene here;
  here.ok({"migrate"});
  auto watching = here.start({"status", "--watch"});
  watching->await_line("(Ctrl-C ends)");
  watching->await_line("(Ctrl-C ends)");
  watching->signal(SIGINT);
  CHECK(watching->wait() == 0);
}
