#include "tests/support/certificates.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace callboard::tests {

namespace {

void run(const std::string& command) {
  if (std::system((command + " >/dev/null 2>&1").c_str()) != 0)
    throw std::runtime_error{"failed: " + command};
}

const std::string new_key
    = "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes ";

} // namespace

authority::authority() {
  auto pattern
      = (std::filesystem::temp_directory_path() / "callboard-ca.XXXXXX")
            .string();
  if (!mkdtemp(pattern.data()))
    throw std::runtime_error{"no temporary folder"};
  folder_ = pattern;
  run(new_key + "-x509 -days 2 -subj /CN=authority -keyout " + folder_
      + "/ca.key -out " + folder_ + "/ca.pem");
}

authority::~authority() {
  std::filesystem::remove_all(folder_);
}

tls_files authority::issue(const std::string& name, int days) const {
  static std::atomic<int> serial{1};
  auto base = folder_ + "/" + name + "-" + std::to_string(++serial);
  std::ofstream{base + ".ext"}
      << "subjectAltName=DNS:" << name
      << ",IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3,IP:127.0.0.4\n";
  run(new_key + "-subj /CN=" + name + " -keyout " + base + ".key -out " + base
      + ".csr");
  run("openssl x509 -req -in " + base + ".csr -CA " + folder_
      + "/ca.pem -CAkey " + folder_ + "/ca.key -set_serial "
      + std::to_string(serial) + " -days " + std::to_string(days) + " -extfile "
      + base + ".ext -out " + base + ".pem");
  return {base + ".pem", base + ".key", folder_ + "/ca.pem"};
}

} // namespace callboard::tests
