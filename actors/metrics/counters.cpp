#include "actors/metrics/counters.hpp"
