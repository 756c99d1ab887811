#include "app/handlers/make_handler.hpp"

#include "app/handlers/builtin_handlers.hpp"
#include "app/handlers/exec_handler.hpp"
#include "app/handlers/http_handler.hpp"
#include "app/handlers/plugin_handler.hpp"

namespace callboard::app {

namespace {

struct maker {
  const handler_environment& where;

  result<handler> operator()(const config::exec_settings& from) const {
    return make_exec_handler(from, where);
  }

  result<handler> operator()(const config::http_settings& from) const {
    return make_http_handler(from, where);
  }

  result<handler> operator()(const config::plugin_settings& from) const {
    return make_plugin_handler(from, where);
  }

  result<handler> operator()(const config::noop_settings&) const {
    return make_noop_handler();
  }

  result<handler> operator()(const config::sleep_settings& from) const {
    return make_sleep_handler(from);
  }

  result<handler> operator()(const config::echo_settings&) const {
    return make_echo_handler();
  }

  result<handler> operator()(const config::fail_settings& from) const {
    return make_fail_handler(from);
  }
};

} // namespace

result<handler> make_handler(const config::handler_settings& from,
                             const handler_environment& where) {
  return std::visit(maker{where}, from);
}

} // namespace callboard::app
