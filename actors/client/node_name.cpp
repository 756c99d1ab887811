#include "actors/client/node_name.hpp"

#include <unistd.h>

namespace callboard::actors {

std::string default_node_name() {
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) != 0)
    return "node:" + std::to_string(getpid());
  return std::string{host} + ":" + std::to_string(getpid());
}

} // namespace callboard::actors
