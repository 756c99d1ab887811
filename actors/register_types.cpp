#include "actors/register_types.hpp"

#include "actors/cluster/wire/vocabulary.hpp"
#include "actors/type_ids.hpp"

#include <caf/actor_system_config.hpp>

namespace callboard {

void register_types(caf::actor_system_config& cfg) {
  cfg.add_message_types<caf::id_block::callboard>();
  wire::register_words(cfg);
}

} // namespace callboard
