// Everything that crosses processes comes out as it went in.

#include "actors/cluster/wire/type_ids.hpp"
#include "actors/cluster/wire/vocabulary.hpp"
#include "actors/register_types.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/message.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/scoped_execution_unit.hpp>
#include <catch2/catch.hpp>

#include <set>

using namespace callboard;
using namespace callboard::wire;

namespace {

struct config : caf::actor_system_config {
  config() { register_types(*this); }
};

std::vector<char> bytes_of(caf::execution_unit& unit, const caf::message& x) {
  std::vector<char> bytes;
  caf::binary_serializer sink{&unit, bytes};
  REQUIRE_FALSE(sink(x));
  return bytes;
}

/// Each of them twice through the serializer, and its name.
template <class T>
std::string round_trip(caf::execution_unit& unit, const T& x) {
  auto bytes = bytes_of(unit, caf::make_message(x));
  caf::message back;
  caf::binary_deserializer source{&unit, bytes};
  REQUIRE_FALSE(source(back));
  REQUIRE(back.match_elements<T>());
  CHECK(bytes_of(unit, back) == bytes);
  // A type that is not registered is sent as an empty message.
  CHECK(bytes.size() > 7);
  // A message that ends early comes out empty (CAF reports no error), and one
  // that lies about sizes costs nothing.
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::vector<char> cut{bytes.begin(),
                          bytes.begin() + static_cast<std::ptrdiff_t>(size)};
    caf::message none;
    caf::binary_deserializer short_source{&unit, cut};
    auto failure = short_source(none);
    CHECK((failure || none.empty()));
  }
  auto first_value = 2 + 1 + 4 + name_of<T>().size();
  auto lying = bytes;
  for (auto at = first_value; at < lying.size(); ++at)
    lying[at] = '\xff';
  caf::message whatever;
  caf::binary_deserializer lying_source{&unit, lying};
  (void)lying_source(whatever);
  return name_of<T>();
}

} // namespace

TEST_CASE("every wire type survives the way, and is listed for somebody") {
  config cfg;
  caf::actor_system sys{cfg};
  caf::scoped_execution_unit unit{&sys};
  new_job_v1 job{"mail", "welcome", std::string("\0\xff arg", 6),
                 "id",   "r",       5,
                 true,   7,         -3,
                 9,      11};
  queue_counts_v1 counts{"mail", 1, -2, 3, 4, 5, 6};
  job_call call{.id = "id",
                .queue = "mail",
                .type = "welcome",
                .arg = std::string("\0\xff", 2),
                .request_id = "r",
                .last_error = "e",
                .attempt = 2,
                .fence = 3,
                .timeout_us = 4,
                .max_attempts = 5};
  job_answer answer{.result = job_answer::rescheduled_by_cron,
                    .after_us = 1,
                    .error = "e",
                    .cron_expression = "* * * * *",
                    .cron_zone = "UTC",
                    .has_arg = true,
                    .arg = std::string("\0\xff", 2)};
  std::set<std::string> tried{
      round_trip(unit, hello_v1{1, 2, 3, "p", "n", "i"}),
      round_trip(unit, refused_v1{"why"}),
      round_trip(unit, wake_v1{{"a", "b"}}),
      round_trip(unit, cancel_hint_v1{}),
      round_trip(unit, heard_v1{}),
      round_trip(unit, enqueue_v1{1, {job, job}}),
      round_trip(unit, enqueued_v1{1, 2, "m", {"id"}}),
      round_trip(unit, cancel_v1{1, {"a"}}),
      round_trip(unit, cancelled_v1{1, 2, "m", {0, 1, 2}}),
      round_trip(unit, status_v1{1}),
      round_trip(unit, offer_v1{{{"mail", {"welcome"}, 3}, {"gpu", {}, 1}}}),
      round_trip(unit, perform_v1{1, call}),
      round_trip(unit, answer_v1{2, answer}),
      round_trip(unit, busy_v1{3}),
      round_trip(unit, stop_v1{4, 1}),
      round_trip(unit, status_answer_v1{1, 2, "m", {counts}}),
  };
  std::set<std::string> listed;
  for (auto kind : {peer_kind::node, peer_kind::performer, peer_kind::client}) {
    listed.merge(spoken_by(kind));
    listed.merge(spoken_to(kind));
  }
  // Who adds a type adds it here, too.
  CHECK(tried == listed);
}
