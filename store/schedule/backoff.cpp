#include "store/schedule/backoff.hpp"
