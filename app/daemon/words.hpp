#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace callboard::app {

/// "a, b, c".
std::string join(const std::vector<std::string>& parts);

/// "1 queue", "2 queues".
std::string many(std::size_t count, const std::string& noun);

} // namespace callboard::app
