// Many performers in one process, for tests/bench/scaling.py: connects COUNT of
// them (one slot each) to a node without TLS, says when all are linked, and
// counts what they perform until its standard input ends.
//
//   callboard_crowd HOST:PORT COUNT

#include "actors/callboard.hpp"

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
  using namespace callboard;
  if (argc != 3)
    return 2;
  auto count = static_cast<std::size_t>(std::atoi(argv[2]));
  auto performed = std::make_shared<std::atomic<std::size_t>>(0);
  std::vector<std::unique_ptr<performer>> all;
  auto linked = [&] {
    std::size_t sum = 0;
    for (const auto& each : all)
      sum += each->linked();
    return sum;
  };
  auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(std::make_unique<performer>(
        performer_options{.nodes = {argv[1]},
                          .name = "p" + std::to_string(i),
                          .silence = std::chrono::seconds{30},
                          .shutdown_grace = std::chrono::seconds{1}},
        std::vector<worker_config>{
            {.queue = "crowd", .handle = mux{[performed](const job&, context&) {
                                 ++*performed;
                                 return complete();
                               }}}}));
  while (linked() < count)
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << "linked " << took.count() << std::endl;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << "performed " << *performed << " linked " << linked()
              << std::endl;
  // To end a thousand actor systems one by one takes long.
  std::_Exit(0);
}
