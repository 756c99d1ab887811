#include "actors/pipeline/middleware.hpp"
