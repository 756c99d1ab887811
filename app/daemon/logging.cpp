#include "app/daemon/logging.hpp"

#include "app/cli/text.hpp"
#include "app/daemon/log_queue.hpp"
#include "store/model/text.hpp"
#include "store/model/time.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <array>
#include <cstdlib>
#include <limits>
#include <utility>

namespace callboard::app {

namespace {

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
  case log_level::debug:
    return spdlog::level::debug;
  case log_level::info:
    return spdlog::level::info;
  case log_level::warning:
    return spdlog::level::warn;
  case log_level::error:
    break;
  }
  return spdlog::level::err;
}

constexpr const char* name_of(log_level level) {
  constexpr std::array names{"debug", "info", "warning", "error"};
  return names[static_cast<std::size_t>(level)];
}

/// A value as it stands in a line of text: in quotes, unless it can't be
/// mistaken for anything else.
std::string field_text(const std::string& value) {
  constexpr std::string_view escaped = "\"\\";
  std::string inner;
  for (auto c : value) {
    if (escaped.find(c) != escaped.npos)
      inner += '\\';
    inner += c;
  }
  auto shown = printable(inner);
  auto plain
      = !shown.empty() && shown.find_first_of(" =\"\\") == std::string::npos;
  return plain ? shown : "\"" + shown + "\"";
}

} // namespace

struct log_writer::impl {
  config::log_format format;
  log_queue out;

  explicit impl(const config::log_settings& settings)
      : format{settings.format},
        out{make_sink(settings.format), [this](std::uint64_t lines) {
              return line_of({log_level::warning,
                              "lines of the log were dropped: nobody read it",
                              {{"lines", std::to_string(lines)}}});
            }} {
    out.level(to_spdlog(settings.level));
  }

  static spdlog::sink_ptr make_sink(config::log_format format) {
    auto* no_colour = std::getenv("NO_COLOR");
    bool plain = no_colour != nullptr && *no_colour != '\0';
    auto made = std::make_shared<spdlog::sinks::stderr_color_sink_st>(
        plain ? spdlog::color_mode::never : spdlog::color_mode::automatic);
    // Times are in the message in JSON; a colour only means anything in text.
    made->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        format == config::log_format::json
            ? "%v"
            : "%Y-%m-%dT%H:%M:%S.%fZ %^%-7l%$ %v",
        spdlog::pattern_time_type::utc));
    return made;
  }

  std::string line_of(const log_record& what) const {
    return format == config::log_format::json
               ? to_json_line(what, show_moment(system_now()))
               : to_text(what);
  }

  void write(const log_record& what) noexcept {
    auto level = to_spdlog(what.level);
    if (!out.wants(level))
      return;
    try {
      out.write(level, line_of(what));
    } catch (...) {
      // Out of memory: nothing can be said.
    }
  }
};

log_writer::log_writer(const config::log_settings& settings)
    : impl_{std::make_shared<impl>(settings)} {}

log_writer::~log_writer() {
  flush();
}

void log_writer::level(log_level least) {
  impl_->out.level(to_spdlog(least));
}

void log_writer::flush() const {
  impl_->out.flush();
}

std::uint64_t log_writer::dropped() const {
  return impl_->out.dropped();
}

log_sink log_writer::sink() const {
  return [to = impl_](const log_record& what) {
    to->write(what);
  };
}

void log_writer::info(std::string message) const {
  impl_->write({log_level::info, std::move(message), {}});
}

void log_writer::warning(std::string message) const {
  impl_->write({log_level::warning, std::move(message), {}});
}

void log_writer::error(std::string message) const {
  impl_->write({log_level::error, std::move(message), {}});
}

std::string to_text(const log_record& what) {
  auto line = printable(what.message);
  for (const auto& [name, value] : what.fields)
    line += "  " + std::string{name} + "=" + field_text(value);
  return line;
}

std::string to_json_line(const log_record& what, const std::string& time) {
  // Texts from outside may be anything; JSON must be UTF-8.
  auto clean = [](const std::string& text) {
    return storable_text(text, std::numeric_limits<std::size_t>::max());
  };
  boost::json::object line{{"time", time},
                           {"level", name_of(what.level)},
                           {"message", clean(what.message)}};
  for (const auto& [name, value] : what.fields)
    line[name] = clean(value);
  return boost::json::serialize(line);
}

} // namespace callboard::app
