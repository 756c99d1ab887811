#pragma once

#include "actors/cluster/roles.hpp"
#include "actors/cluster/wire/hello.hpp"
#include "store/model/error.hpp"

#include <set>
#include <string>

namespace callboard::actors {

/// The hello of this process.
wire::hello_v1 make_hello(wire::peer_kind kind, std::string name,
                          std::string incarnation);

/// For a hello: new at every start.
std::string new_incarnation();

/// The version that both ends speak, or why they can't talk, for the people at
/// both ends.
result<std::uint16_t> common_version(const wire::hello_v1& ours,
                                     const wire::hello_v1& theirs);

/// Whether a peer that dialled may take part as what it says that it is.
result<void> may_take_part(const wire::hello_v1& theirs,
                           const peer_roles& roles);

/// What a peer with these roles may send.
std::set<std::string> vocabulary_of(const peer_roles& roles);

} // namespace callboard::actors
