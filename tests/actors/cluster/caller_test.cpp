// The caller of a remote client, with the test in place of its links.

#include "actors/cluster/caller.hpp"
#include "actors/cluster/wire/type_ids.hpp"
#include "actors/own_system.hpp"
#include "store/model/error.hpp"
#include "tests/support/awaited.hpp"

#include <caf/actor_cast.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <variant>

using namespace callboard;
using namespace callboard::actors;
using namespace std::chrono_literals;

namespace {

struct caller_stage {
  // The caller answers what is open when it ends.
  tests::awaited<std::string> ends;
  own_system own{std::nullopt, 2};
  caf::scoped_actor one{own.sys()};
  caf::scoped_actor two{own.sys()};
  caller_actor caller = spawn_caller(own.sys(), "c");

  ~caller_stage() {
    caf::anon_send_exit(caller, caf::exit_reason::user_shutdown);
  }

  void up(link_id id, caf::scoped_actor& link) {
    caf::anon_send(caller, link_up{id, {}, caf::actor_cast<link_actor>(link)});
  }

  void down(link_id id) { caf::anon_send(caller, link_down{id, "cut"}); }

  void call(std::uint64_t number) {
    caf::anon_send(
        caller,
        remote_call{number, caf::make_message(wire::enqueue_v1{number, {}}),
                    [this](const std::variant<caf::message, call_failure>& x) {
                      ends.put(text_of(x));
                    }});
  }

  void answer(link_id from, std::uint64_t call, errc code) {
    caf::anon_send(
        caller, link_said{from,
                          caf::make_message(wire::enqueued_v1{
                              call, static_cast<std::uint8_t>(code), "", {}}),
                          {}});
  }

  /// Whether a link is told to send a call.
  static bool told(caf::scoped_actor& link) {
    auto heard = false;
    link->receive([&](const link_tell&) { heard = true; },
                  caf::after(30s) >> [] {});
    return heard;
  }

  static std::string
  text_of(const std::variant<caf::message, call_failure>& x) {
    if (const auto* failed = std::get_if<call_failure>(&x))
      return failed->sent ? "unknown" : "unsent";
    const auto& message = std::get<caf::message>(x);
    auto code = message.get_as<wire::enqueued_v1>(0).code;
    return code == static_cast<std::uint8_t>(errc::closed) ? "closed"
                                                           : "answered";
  }
};

} // namespace

TEST_CASE("a call that a closing node declines goes to another") {
  caller_stage stage;
  stage.up(1, stage.one);
  stage.up(2, stage.two);
  stage.call(7);
  CHECK(stage.told(stage.one));
  stage.answer(1, 7, errc::closed);
  CHECK(stage.told(stage.two));
  // Nor does the next one go there.
  stage.call(8);
  CHECK(stage.told(stage.two));
  stage.answer(2, 7, errc::invalid_job);
  CHECK(stage.ends.next() == "answered");
  stage.down(2);
  CHECK(stage.ends.next() == "unknown");
}

TEST_CASE("when every node closes, the caller is told so at once") {
  caller_stage stage;
  stage.up(1, stage.one);
  stage.call(1);
  CHECK(stage.told(stage.one));
  stage.answer(1, 1, errc::closed);
  CHECK(stage.ends.next() == "closed");
  // It may have been the last word of an old process.
  stage.call(2);
  CHECK(stage.told(stage.one));
  stage.answer(1, 2, errc::invalid_job);
  CHECK(stage.ends.next() == "answered");
  stage.down(1);
  stage.call(3);
  stage.up(2, stage.two);
  CHECK(stage.told(stage.two));
}
