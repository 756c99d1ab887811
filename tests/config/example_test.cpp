#include "config/json_parser.hpp"
#include "config/keys.hpp"
#include "tests/config/places.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace callboard {

namespace {

namespace objects = config::objects;

using config::json_value;
using config::object_info;

// Which keys of each kind of object were seen.
using seen_keys = std::map<const object_info*, std::set<std::string>>;

std::string example(const std::string& name = "example") {
  std::ifstream in{CALLBOARD_SOURCE_DIR "/config/" + name + ".json"};
  REQUIRE(in.good());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The object that stands under a key, where it is always the same kind.
const object_info* kind_of_member(const object_info& parent,
                                  const std::string& key) {
  static const std::map<std::pair<const object_info*, std::string>,
                        const object_info*>
      all{{{&objects::file, "database"}, &objects::database},
          {{&objects::file, "http"}, &objects::listener},
          {{&objects::file, "node"}, &objects::node},
          {{&objects::file, "log"}, &objects::log},
          {{&objects::queue, "isolation"}, &objects::isolation},
          {{&objects::node, "tls"}, &objects::tls},
          {{&objects::queue, "performers"}, &objects::performers},
          {{&objects::queue, "retry"}, &objects::retry},
          {{&objects::type, "retry"}, &objects::retry},
          {{&objects::type, "exec"}, &objects::exec},
          {{&objects::type, "http"}, &objects::http},
          {{&objects::type, "plugin"}, &objects::plugin},
          {{&objects::type, "noop"}, &objects::noop},
          {{&objects::type, "sleep"}, &objects::sleep},
          {{&objects::type, "echo"}, &objects::echo},
          {{&objects::type, "fail"}, &objects::fail}};
  auto found = all.find({&parent, key});
  return found == all.end() ? nullptr : found->second;
}

void walk(const json_value& value, const object_info& info, seen_keys& seen) {
  auto object = value.as<json_value::object>();
  if (object == nullptr)
    return;
  seen[&info];
  for (auto& member : *object) {
    seen[&info].insert(member.key);
    if (&info == &objects::file && member.key == "queues")
      for (auto& queue : *member.value.as<json_value::list>())
        walk(queue, objects::queue, seen);
    else if (&info == &objects::queue && member.key == "types")
      for (auto& type : *member.value.as<json_value::object>())
        walk(type.value, objects::type, seen);
    else if (&info == &objects::node && member.key == "allow")
      for (auto& rule : *member.value.as<json_value::list>())
        walk(rule, objects::allow, seen);
    else if (auto inner = kind_of_member(info, member.key))
      walk(member.value, *inner, seen);
  }
}

} // namespace

TEST_CASE("the example is a good config") {
  auto all = tests::settings_of(example());
  CHECK(all.database_url
        == "postgresql://callboard:secret@127.0.0.1:5432/shop");
  REQUIRE(all.queues.size() == 3);
  CHECK(all.queues[0].types.size() == 4);
  CHECK(all.queues[1].types.size() == 4);
  CHECK(all.queues[2].performers->max_attempts == 10);
  CHECK_FALSE(all.join);
}

TEST_CASE("the example of a performer is a good config") {
  auto all = tests::settings_of(example("performer"));
  REQUIRE(all.join);
  CHECK(all.join->nodes.size() == 2);
  CHECK(all.join->tls->certificate == "/base/gpu-1.workers.example.pem");
  CHECK(all.queues.at(0).types.size() == 1);
  CHECK(all.database_url.empty());
}

TEST_CASE("the examples show every key of every object") {
  seen_keys seen;
  for (auto name : {"example", "performer"}) {
    auto parsed = config::parse_json(example(name));
    walk(std::get<json_value>(parsed), objects::file, seen);
  }
  for (auto object : config::all_objects()) {
    CAPTURE(object->name);
    REQUIRE(seen.contains(object));
    for (auto& key : object->keys)
      if (key.type != config::value_type::not_offered_yet) {
        CAPTURE(key.name);
        CHECK(seen[object].contains(std::string{key.name}));
      }
  }
}

} // namespace callboard
