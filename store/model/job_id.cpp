#include "store/model/job_id.hpp"
