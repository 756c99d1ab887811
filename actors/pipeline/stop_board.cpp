#include "actors/pipeline/stop_board.hpp"
