#include "tests/support/conversation.hpp"

#include <caf/actor_cast.hpp>
#include <caf/local_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/scheduled_actor.hpp>

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace callboard::testing {

namespace {

std::string part(const caf::type_erased_tuple& content, std::size_t at) {
  auto type = content.type(at);
  if (type.second == nullptr) {
    if (content.matches(at, caf::type_nr<caf::atom_value>::value, nullptr))
      return to_string(content.get_as<caf::atom_value>(at));
    return "number";
  }
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> text{
      abi::__cxa_demangle(type.second->name(), nullptr, nullptr, &status),
      std::free};
  std::string full = status == 0 ? text.get() : type.second->name();
  if (full.find("chunk") != std::string::npos)
    return "chunk";
  auto colon = full.rfind("::");
  return colon == std::string::npos ? full : full.substr(colon + 2);
}

} // namespace

std::string actor_name(caf::abstract_actor* who) {
  auto* local = dynamic_cast<caf::local_actor*>(who);
  return local ? local->name() : "test";
}

std::string message_name(caf::mailbox_element& mail) {
  const auto& content = mail.content();
  std::string name;
  for (std::size_t i = 0; i < content.size(); ++i)
    name += (i == 0 ? "" : " ") + part(content, i);
  return name.empty() ? "ok" : name;
}

std::string said_to(caf::scheduled_actor& to, caf::mailbox_element& mail) {
  auto from
      = mail.sender
            ? actor_name(caf::actor_cast<caf::abstract_actor*>(mail.sender))
            : std::string{"test"};
  return from + " -> " + to.name() + ": " + message_name(mail);
}

} // namespace callboard::testing
