#include "actors/cluster/hint_book.hpp"

#include <catch2/catch.hpp>

using namespace callboard::actors;
using queues = std::vector<std::string>;

TEST_CASE("one hint is on its way, the rest is told together") {
  hint_book book;
  CHECK_FALSE(book.next());
  book.wake("b");
  CHECK(book.next()->queues == queues{"b"});
  book.wake("b");
  book.wake("a");
  book.wake("b");
  CHECK_FALSE(book.next());
  book.heard();
  CHECK(book.next()->queues == queues{"a", "b"});
  book.heard();
  CHECK_FALSE(book.next());
}

TEST_CASE("cancels go before wake-ups, and many of them are one") {
  hint_book book;
  book.wake("a");
  book.cancel();
  book.cancel();
  CHECK(book.next()->queues.empty());
  book.heard();
  CHECK(book.next()->queues == queues{"a"});
  book.heard();
  CHECK_FALSE(book.next());
}

TEST_CASE("with very many queues all are meant") {
  hint_book book;
  for (std::size_t i = 0; i < 100'000; ++i)
    book.wake("q" + std::to_string(i));
  CHECK(book.next()->queues == queues{""});
  book.heard();
  CHECK_FALSE(book.next());
  book.wake("a");
  book.wake("");
  book.wake("b");
  CHECK(book.next()->queues == queues{""});
}
