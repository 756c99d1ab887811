#include "store/sql/new_incarnation.hpp"

#include <limits>
#include <random>

namespace callboard::store {

incarnation new_incarnation() {
  std::random_device source;
  std::uniform_int_distribution<incarnation> any{
      1, std::numeric_limits<incarnation>::max()};
  return any(source);
}

} // namespace callboard::store
