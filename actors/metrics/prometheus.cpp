#include "actors/metrics/prometheus.hpp"
