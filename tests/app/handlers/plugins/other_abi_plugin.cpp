#include "actors/pipeline/plugin.hpp"

extern "C" int callboard_plugin_abi() {
  return callboard::plugin_abi_version + 41;
}

extern "C" void callboard_plugin_register(callboard::plugin_handlers&) {}
