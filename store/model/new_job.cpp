#include "store/model/new_job.hpp"
