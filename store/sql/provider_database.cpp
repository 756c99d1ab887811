#include "store/sql/provider_database.hpp"

#include "store/postgres/postgres_database.hpp"
#include "store/sqlite/sqlite_database.hpp"

#include <soci/soci.h>

#include <exception>
#include <utility>

namespace callboard::store {

namespace {

// Whatever the user's function throws is its answer: no session.
std::unique_ptr<soci::session> call(const session_provider& provider,
                                    const std::string& name) {
  auto refuse = [&](const std::string& why) -> failure {
    return failure{{errc::database_unreachable, name + ": " + why}};
  };
  try {
    if (auto session = provider())
      return session;
  } catch (const soci::soci_error& cause) {
    throw refuse(cause.get_error_message());
  } catch (const std::exception& cause) {
    throw refuse(cause.what());
  } catch (...) {
    throw refuse("the session provider threw an unknown exception");
  }
  throw refuse("the session provider gave no session");
}

} // namespace

provider_database::provider_database(session_provider provider,
                                     database_options options)
    : provider_{std::move(provider)}, options_{std::move(options)} {}

result<database_ptr> provider_database::known() {
  std::lock_guard lock{mutex_};
  if (known_)
    return known_;
  auto source = [provider = provider_, name = name_] {
    return call(provider, name);
  };
  try {
    auto first = source();
    auto backend = first->get_backend_name();
    if (backend == "postgresql") {
      known_ = std::make_shared<postgres_database>(source, name_, options_);
    } else if (backend == "sqlite3") {
      auto path = sqlite_path_of(*first);
      if (path.empty())
        return error{errc::unsupported,
                     name_
                         + " is in memory, where each session sees its own:"
                           " use sqlite::memory: or a file"};
      known_ = std::make_shared<sqlite_database>(
          std::make_shared<sqlite_place>(path, name_), options_, source);
    } else {
      return error{errc::unsupported,
                   name_ + " is " + backend
                       + "; Callboard works with postgresql and sqlite3"};
    }
    return known_;
  } catch (const failure& cause) {
    return cause.why();
  } catch (const std::exception&) {
    return error{errc::database_unreachable,
                 name_ + ": the session that was given does not work"};
  }
}

bool provider_database::single_writer() const noexcept {
  // The user's provider may be at work under the lock, for long: not known yet.
  std::unique_lock lock{mutex_, std::try_to_lock};
  return lock && known_ && known_->single_writer();
}

result<std::unique_ptr<job_store>> provider_database::connect() {
  auto found = known();
  if (!found)
    return found.error();
  return (*found)->connect();
}

result<std::unique_ptr<job_store>>
provider_database::connect_within(const time_limits& most) {
  auto found = known();
  if (!found)
    return found.error();
  return (*found)->connect_within(most);
}

result<std::unique_ptr<wake_listener>> provider_database::listen() {
  auto found = known();
  if (!found)
    return found.error();
  return (*found)->listen();
}

result<schema_status> provider_database::schema() {
  auto found = known();
  if (!found)
    return found.error();
  return (*found)->schema();
}

result<schema_status> provider_database::migrate() {
  auto found = known();
  if (!found)
    return found.error();
  return (*found)->migrate();
}

} // namespace callboard::store
