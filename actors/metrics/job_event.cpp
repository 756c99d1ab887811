#include "actors/metrics/job_event.hpp"
