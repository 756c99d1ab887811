#include "store/schedule/time_zone.hpp"

#include <date/tz.h>

#include <exception>
#include <string>

namespace callboard::store {

namespace {

using std::chrono::sys_seconds;

class utc final : public time_zone {
public:
  period at(sys_seconds) const override {
    return {sys_seconds::min(), sys_seconds::max(), std::chrono::seconds{0}};
  }

  sys_seconds first(local_seconds time) const override {
    return sys_seconds{time.time_since_epoch()};
  }
};

class iana final : public time_zone {
public:
  explicit iana(const date::time_zone* zone) : zone_{zone} {}

  period at(sys_seconds moment) const override {
    auto info = zone_->get_info(moment);
    return {info.begin, info.end, info.offset};
  }

  sys_seconds first(local_seconds time) const override {
    auto info = zone_->get_info(date::local_seconds{time.time_since_epoch()});
    if (info.result == date::local_info::nonexistent)
      return info.first.end;
    return sys_seconds{time.time_since_epoch()} - info.first.offset;
  }

private:
  const date::time_zone* zone_;
};

} // namespace

result<std::shared_ptr<const time_zone>>
time_zone::find(std::string_view name) {
  if (name == "UTC")
    return std::make_shared<const utc>();
  // The library reports both an unknown zone and a missing database by
  // exceptions.
  try {
    return std::make_shared<const iana>(date::locate_zone(name));
  } catch (const std::exception&) {
    return error{errc::invalid_schedule,
                 "time zone '" + std::string{name}
                     + "' is unknown here: allowed are UTC and the IANA names "
                       "of the installed tzdata, such as Europe/Berlin"};
  }
}

} // namespace callboard::store
