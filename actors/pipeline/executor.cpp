#include "actors/pipeline/executor.hpp"
