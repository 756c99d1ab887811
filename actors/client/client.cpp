#include "actors/client/client.hpp"
