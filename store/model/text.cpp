#include "store/model/text.hpp"
