#include "config/size.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace callboard::config {

TEST_CASE("sizes are whole numbers with a unit") {
  struct row {
    std::string text;
    std::int64_t bytes;
  };
  auto x = GENERATE(row{"0B", 0}, row{"1B", 1}, row{"4KiB", 4096},
                    row{"16MiB", 16 << 20}, row{"3GiB", 3LL << 30},
                    row{"1000B", 1000}, row{"1025KiB", 1025 << 10});
  CAPTURE(x.text);
  CHECK(parse_size(x.text).value() == x.bytes);
  CHECK(size_text(x.bytes) == x.text);
}

TEST_CASE("a text that is no size tells why") {
  const std::string units = ": allowed are B, KiB, MiB and GiB";
  const std::string whole
      = "is no size: write a whole number with a unit, such as 16MiB";
  struct row {
    std::string text;
    std::string message;
  };
  auto x = GENERATE_COPY(row{"", whole}, row{"MiB", whole}, row{"-1B", whole},
                         row{" 1B", whole}, row{"16", "has no unit" + units},
                         row{"16MB", "has an unknown unit 'MB'" + units},
                         row{"16 MiB", "has an unknown unit ' MiB'" + units},
                         row{"16mib", "has an unknown unit 'mib'" + units},
                         row{"1.5MiB", "has an unknown unit '.5MiB'" + units},
                         row{"9223372036854775807GiB", "is too large"},
                         row{"99999999999999999999B", "is too large"});
  CAPTURE(x.text);
  auto done = parse_size(x.text);
  REQUIRE(done.has_error());
  CHECK(done.error()
        == error{errc::invalid_config, "'" + x.text + "' " + x.message});
}

} // namespace callboard::config
