#include "actors/metrics/logging_observer.hpp"
