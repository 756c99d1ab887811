// A rolling upgrade from the present program to the next one, and back, while
// jobs flow.

#include "tests/upgrade/cast.hpp"
#include "tests/upgrade/producer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <sstream>

using namespace callboard::test;

namespace {

/// One line "did NODE/BUILD ID ATTEMPT".
struct deed {
  std::string who;
  std::string id;
  int attempt = 0;
};

std::vector<deed> deeds(const std::vector<std::string>& lines) {
  std::vector<deed> all;
  for (const auto& line : lines) {
    std::istringstream words{line};
    std::string verb;
    deed one;
    if (words >> verb >> one.who >> one.id >> one.attempt && verb == "did")
      all.push_back(one);
  }
  return all;
}

std::size_t performed(const std::vector<std::string>& lines) {
  return static_cast<std::size_t>(std::ranges::count_if(
      lines, [](const std::string& x) { return x.starts_with("did "); }));
}

struct rehearsal {
  explicit rehearsal(cast& of)
      : all{of}, source{{.nodes = of.addresses(),
                         .tls = of.client_files(),
                         .name = "shop"},
                        [&of] {
                          return performed(of.notes.lines());
                        }} {}

  /// Everybody works, and everybody talks with everybody else in the words that
  /// both know.
  void look_around(std::size_t from) {
    for (const auto& node : cast::nodes) {
      // The command line of either build, by way of a node of either.
      for (auto by : {build::present, build::next}) {
        auto id = "probe-" + std::to_string(probes++);
        all.enqueue_at(node, by, id);
        probed.insert(id);
      }
      all.notes.await("did " + all.signature(node) + " ", from);
    }
    all.notes.await("did " + all.signature("p") + " ", from);
    for (const auto& one : cast::nodes)
      for (const auto& other : cast::nodes)
        if (one != other && all.build_of(one) == build::next)
          for (const auto* verb : {"said", "heard"})
            all.notes.await("words " + all.signature(one) + " " + verb
                                + " wake_v" + version(other),
                            from);
    for (const auto& node : cast::nodes) {
      if (all.build_of("p") == build::next)
        all.notes.await("words " + all.signature("p") + " heard perform_v"
                            + version(node),
                        from);
      if (all.build_of(node) == build::next)
        all.notes.await("words " + all.signature(node) + " said perform_v"
                            + version("p"),
                        from);
    }
  }

  /// What the next build speaks with that one.
  std::string version(const std::string& who) const {
    return all.build_of(who) == build::next ? "2" : "1";
  }

  void replace(const std::string& who, build by) {
    INFO(who << " becomes " << to_string(by));
    auto from = all.notes.size();
    auto before = source.stored();
    all.drain(who);
    // The rest goes on without it.
    all.notes.await(
        "others work while " + who + " is away",
        [&](const std::vector<std::string>& lines) {
          std::vector<std::string> since{
              lines.begin() + static_cast<std::ptrdiff_t>(from), lines.end()};
          return source.stored() > before
                 && std::ranges::any_of(deeds(since), [&](const deed& x) {
                      return !x.who.starts_with(who + "/");
                    });
        });
    all.start(who, by);
    look_around(all.notes.size());
  }

  cast& all;
  producer source;
  int probes = 0;
  std::set<std::string> probed;
};

} // namespace

TEST_CASE("nodes and performers are replaced in turn while jobs flow") {
  cast all;
  for (const auto& node : cast::nodes)
    all.start(node, build::present);
  all.start("p", build::present);
  rehearsal it{all};
  it.look_around(0);

  // One node first, so that old and new ones talk in both directions.
  for (const auto* who : {"b", "p", "a", "c"})
    it.replace(who, build::next);
  auto schema
      = all.command(build::present, {"migrate", "-c", "a.json", "--status"});
  CHECK_THAT(schema.err, Catch::Contains("and can work with them"));

  // And back, on the new tables.
  for (const auto* who : {"a", "p", "c", "b"})
    it.replace(who, build::present);

  it.source.stop();
  auto wanted = it.source.ids();
  wanted.merge(it.probed);
  all.notes.await("all jobs are performed",
                  [&](const std::vector<std::string>& lines) {
                    return performed(lines) >= wanted.size();
                  });
  for (const auto* who : {"p", "a", "b", "c"})
    all.drain(who);

  // Exactly once, in the first attempt, and nothing else.
  auto lines = all.notes.lines();
  std::map<std::string, std::vector<std::string>> by;
  std::set<std::string> done;
  std::vector<std::string> wasted;
  for (const auto& each : deeds(lines)) {
    by[each.id].push_back(each.who);
    done.insert(each.id);
    if (each.attempt != 1)
      wasted.push_back(each.id + " attempt " + std::to_string(each.attempt)
                       + " by " + each.who);
  }
  std::vector<std::string> twice;
  for (const auto& [id, performers] : by)
    if (performers.size() > 1)
      twice.push_back(id + " by " + performers[0] + " and " + performers[1]);
  CHECK(wasted == std::vector<std::string>{});
  CHECK(twice == std::vector<std::string>{});
  CHECK(done == wanted);
  CHECK(all.here.waiting() == 0);
  auto dead
      = all.command(build::present, {"dead", "list", "-c", "a.json", "--json"});
  CHECK_THAT(dead.out, Catch::Contains(R"("dead_letters":[])"));

  // A node that drains declines, and the client goes to another one. Only a
  // call that is on its way as a node ends may have to be asked again.
  for (const auto& each : it.source.troubles())
    CHECK_THAT(each, Catch::StartsWith("commit_unknown"));
  CHECK(it.source.troubles().size() <= 6);
  for (const auto& each : lines) {
    INFO(each);
    CHECK(each.find("WRONG") == each.npos);
    CHECK(each.find("LOST") == each.npos);
  }
  WARN(wanted.size() << " jobs, 8 replacements, " << it.source.troubles().size()
                     << " calls asked again");
}
