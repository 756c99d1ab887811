#pragma once

#include "app/cli/console.hpp"
#include "store/model/job.hpp"

#include <string>
#include <utility>
#include <vector>

namespace callboard::app {

/// Names and values of one thing, to be printed below each other.
using facts = std::vector<std::pair<std::string, std::string>>;

void print_facts(const facts& what, console& io);

/// What a job and a dead letter have in common.
facts facts_of(const job& what);

/// The whole error, and the arg: as text when it is text, else as a hex dump;
/// the head of it when it is long.
void print_error_and_arg(const job& what, console& io);

} // namespace callboard::app
