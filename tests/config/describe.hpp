#pragma once

#include "config/settings.hpp"

#include <string>

namespace callboard::tests {

/// Every field of the settings, one a line, so that two can be compared.
std::string describe(const config::settings& all);

/// The fields of one type.
std::string describe(const config::type_settings& type);

} // namespace callboard::tests
