#pragma once

#include "actors/cluster/link.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::tests {

/// What the owner of one link was told.
struct diary {
  std::size_t ups = 0;
  actors::link_id id = 0;
  actors::peer_facts peer;
  /// While it is up.
  actors::link_actor link;
  std::vector<caf::message> heard;
  /// Whoever lets go of one has dealt with that message.
  std::deque<std::shared_ptr<void>> receipts;
  std::size_t downs = 0;
  actors::link_down end;
  /// Broken promises, for people.
  std::vector<std::string> complaints;

  template <class T>
  const T* last() const {
    return !heard.empty() && heard.back().match_elements<T>()
               ? &heard.back().get_as<T>(0)
               : nullptr;
  }
};

/// An owner that writes down what it is told.
inline actors::link_owner_actor::behavior_type
listener(actors::link_owner_actor::pointer, std::shared_ptr<diary> book) {
  return {
      [book](const actors::link_up& x) {
        if (++book->ups > 1)
          book->complaints.emplace_back("it came up twice");
        book->id = x.id;
        book->peer = x.peer;
        book->link = x.link;
      },
      [book](const actors::link_said& x) {
        if (book->ups == 0 || book->downs > 0 || x.id != book->id)
          book->complaints.emplace_back("a message of a link that is not up");
        book->heard.push_back(x.what);
        book->receipts.push_back(x.receipt);
      },
      [book](const actors::link_down& x) {
        if (book->ups == 0 || ++book->downs > 1 || x.id != book->id)
          book->complaints.emplace_back("an end of a link that is not up");
        book->end = x;
        book->link = nullptr;
      },
  };
}

} // namespace callboard::tests
