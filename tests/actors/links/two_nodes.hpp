#pragma once

#include "actors/cluster/greeting.hpp"
#include "actors/cluster/wire/type_ids.hpp"
#include "tests/actors/links/listener.hpp"
#include "tests/actors/links/two_systems.hpp"

#include <caf/send.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callboard::tests {

inline wire::hello_v1 hello_of(const std::string& name) {
  return actors::make_hello(wire::peer_kind::node, name, name + "-1");
}

/// Two nodes whose owners write down what they hear. Number 0 dials.
struct two_nodes {
  explicit two_nodes(std::uint64_t seed) : world{seed} {
    for (std::size_t i = 0; i < 2; ++i) {
      books.push_back(std::make_shared<diary>());
      owners.push_back(world.sides[i].stage.system().spawn(listener, books[i]));
    }
  }

  ~two_nodes() {
    // Whoever still keeps the books must not keep links by that.
    for (auto& book : books)
      book->link = nullptr;
    owners.clear();
  }

  void connect(wire::hello_v1 dials = hello_of("a"),
               wire::hello_v1 accepts = hello_of("b")) {
    world.connect({std::move(dials), owners[0]},
                  {std::move(accepts), owners[1]});
  }

  template <class T>
  void tell(std::size_t from, T what) {
    caf::anon_send(books[from]->link,
                   actors::link_tell{caf::make_message(std::move(what))});
  }

  /// All that was heard is dealt with.
  void settle() {
    world.settle();
    for (auto& book : books)
      while (!book->receipts.empty()) {
        book->receipts.clear();
        world.settle();
      }
  }

  void pass(duration by) {
    settle();
    world.pass(by);
    settle();
  }

  two_systems world;
  std::vector<std::shared_ptr<diary>> books;
  std::vector<actors::link_owner_actor> owners;
};

} // namespace callboard::tests
