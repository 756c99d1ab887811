#include "actors/pipeline/mux.hpp"
