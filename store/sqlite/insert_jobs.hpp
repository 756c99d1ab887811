#pragma once

#include "store/model/new_job.hpp"
#include "store/sqlite/prepared.hpp"

#include <string>
#include <vector>

namespace callboard::store {

using insert_job_statement = prepared<
    in<std::string, std::string, std::string, std::string, std::string,
       long long, long long, long long, long long, long long>>;

/// Inserts inside the open transaction. Throws `failure` with
/// `job_already_exists` for the first id that is stored.
void insert_jobs(insert_job_statement& statement,
                 const std::vector<new_job>& jobs, long long now);

} // namespace callboard::store
