#include "store/schedule/cron.hpp"
