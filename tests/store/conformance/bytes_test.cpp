#include "tests/store/conformance/conformance.hpp"

using namespace callboard;
using namespace callboard::test;

namespace {

std::string all_bytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i)
    bytes.push_back(static_cast<char>(i));
  return bytes;
}

} // namespace

TEST_CASE("an arg comes back as the bytes that it was") {
  auto place = every_backend();
  auto arg = GENERATE(std::string{}, std::string("a\0b\0", 4),
                      std::string{"\xff\xfe\xc0\x80 not UTF-8"},
                      std::string{"{\"quo\\\"ted\": '\\\\'}"}, all_bytes());
  auto db = place->open();
  auto store = join(*db);
  auto what = a_job("a1");
  what.arg = arg;
  put(*store, what);
  CHECK((ok(store->find("a1"))->value.arg == arg));
  auto lease = take_one(*store);
  CHECK((lease.value.arg == arg));
  CHECK(settle_one(*store, lease, rescheduled{duration{0}, arg + arg}));
  CHECK((take_one(*store).value.arg == arg + arg));
}

TEST_CASE("an arg of 16 MiB comes back") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto what = a_job("a1");
  what.arg.clear();
  what.arg.reserve(job_limits::arg_bytes);
  while (what.arg.size() < job_limits::arg_bytes)
    what.arg += all_bytes();
  put(*store, what);
  auto lease = take_one(*store);
  CHECK((lease.value.arg == what.arg));
  CHECK(settle_one(*store, lease, dead{"too large"}));
  auto letters = ok(store->dead_list({}, true));
  REQUIRE(letters.size() == 1);
  CHECK((letters[0].value.arg == what.arg));
}

TEST_CASE("an error text is made storable") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a1"));
  using namespace std::string_literals;
  auto text = "bad\0 \xff bytes, 'quotes', \"double\" and {braces}"s;
  CHECK(settle_one(*store, take_one(*store), retried{duration{0}, text}));
  CHECK(take_one(*store).value.last_error
        == "bad\xef\xbf\xbd \xef\xbf\xbd bytes, 'quotes', \"double\" and "
           "{braces}");
}

TEST_CASE("names with any character are kept apart") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto what = a_job("'; drop table callboard_job; --", "{\"a\",\\}");
  what.type = "\xf0\x9f\x90\x8c NULL";
  put(*store, what);
  auto lease = take_one(*store, "{\"a\",\\}");
  CHECK(lease.value.id == what.id);
  CHECK(lease.value.type == what.type);
  CHECK(settle_one(*store, lease, completed{}));
}
