#include "tests/app/handlers/call.hpp"

#include "app/handlers/plugin_library.hpp"

#include <catch2/catch.hpp>

namespace callboard::app {

handler_environment environment_in(const std::string& folder,
                                   const std::string& type) {
  return {.base_directory = folder,
          .queue = "mail",
          .type = type,
          .plugins = std::make_shared<plugin_shelf>()};
}

outcome call::operator()(const handler& to) {
  context ctx{work,
              fence,
              stop,
              deadline,
              [this](const log_record& x) {
                {
                  std::lock_guard guard{mutex_};
                  lines_.push_back(x.message);
                }
                if (on_line)
                  on_line(x.message);
              },
              timeout};
  return to(work, ctx);
}

std::vector<std::string> call::lines() const {
  std::lock_guard guard{mutex_};
  return lines_;
}

std::string error_of(const outcome& answer) {
  if (const auto* x = std::get_if<failed>(&answer))
    return x->error;
  if (const auto* x = std::get_if<retried>(&answer))
    return x->error;
  if (const auto* x = std::get_if<dead>(&answer))
    return x->error;
  return "(no error)";
}

handler made(const result<handler>& from) {
  if (from.has_error())
    FAIL(from.error().message);
  return *from;
}

std::string refusal(const result<handler>& from) {
  REQUIRE(from.has_error());
  CHECK(from.error().code == errc::invalid_config);
  return from.error().message;
}

} // namespace callboard::app
