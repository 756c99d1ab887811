#pragma once

#include "actors/cluster/wire/hello.hpp"

#include <caf/type_id.hpp>

#include <atomic>
#include <string>

/// A program of versions 1 and 2, in place of wire/vocabulary.cpp. What nodes
/// say to each other in version 2, and nobody in version 1.
namespace callboard::wire {

struct news_v2 {
  std::string text;
};

template <class Inspector>
auto inspect(Inspector& f, news_v2& x) {
  return f(x.text);
}

/// Says it also in version 1, as no program should.
extern std::atomic<bool> careless;

} // namespace callboard::wire

CAF_BEGIN_TYPE_ID_BLOCK(two_versions, caf::first_custom_type_id + 1100)

  CAF_ADD_TYPE_ID(two_versions, (callboard::wire::news_v2))

CAF_END_TYPE_ID_BLOCK(two_versions)
