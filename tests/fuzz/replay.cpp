// Gives a fuzzer every file of its corpus: what was found once stays found,
// also where there is no libFuzzer.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: " << argv[0] << " CORPUS\n";
    return 2;
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{argv[1]}) {
    std::ifstream in{entry.path(), std::ios::binary};
    std::vector<char> bytes{std::istreambuf_iterator<char>{in}, {}};
    // Shown when the input ends the process.
    std::cout << entry.path().filename().string() << std::endl;
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                           bytes.size());
    ++files;
  }
  if (files == 0)
    std::cerr << "no inputs in " << argv[1] << '\n';
  return files == 0 ? 1 : 0;
}
