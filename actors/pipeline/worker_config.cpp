#include "actors/pipeline/worker_config.hpp"
