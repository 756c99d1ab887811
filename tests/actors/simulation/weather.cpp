#include "tests/actors/simulation/weather.hpp"

#include <algorithm>
#include <vector>

namespace callboard::simulation {

weather weather::draw(dice& chance) {
  auto some = [&](std::vector<unsigned> of) {
    return chance.one_of(of);
  };
  weather x;
  x.processes = 1 + chance.below(3);
  x.wake_ups = !chance.once_in(4);
  auto store = some({0, 0, 3, 10, 40});
  if (store > 0) {
    x.refused = some({0, store});
    x.broken = some({0, store});
    x.answer_lost = some({0, store});
    x.thrown = some({0, 0, store});
    x.half_open = some({0, 300, 1000});
  }
  x.slow = some({0, 0, 20, 100});
  x.hint_lost = some({0, 200, 1000});
  x.kill_actor = some({0, 0, 10, 40});
  x.kill_vital = some({0, 0, 0, 2});
  x.kill_process = some({0, 0, 5, 20});
  x.freeze = some({0, 0, 0, 5});
  x.outage = some({0, 0, 0, 5});
  x.upgrade = some({0, 10, 60});
  x.close = some({0, 0, 5});
  x.cancel = some({0, 10});
  x.lag = some({0, 20});
  x.long_wait = some({0, 5});
  x.rush = some({0, 0, 0, 30});
  if (x.rush > 0)
    x.broken = std::max(x.broken, some({0, 30}));
  x.poison = chance.once_in(6);
  x.timeouts = chance.once_in(3);
  x.slow_handlers = chance.once_in(2);
  return x;
}

std::string to_string(const weather& x) {
  std::string text = std::to_string(x.processes) + " processes";
  auto add = [&](const char* name, unsigned value) {
    if (value > 0)
      text += std::string{", "} + name + " " + std::to_string(value);
  };
  add("wake-ups", x.wake_ups ? 1 : 0);
  add("refused", x.refused);
  add("broken", x.broken);
  add("answer lost", x.answer_lost);
  add("thrown", x.thrown);
  add("slow", x.slow);
  add("half open", x.half_open);
  add("hint lost", x.hint_lost);
  add("kill actor", x.kill_actor);
  add("kill vital", x.kill_vital);
  add("kill process", x.kill_process);
  add("freeze", x.freeze);
  add("outage", x.outage);
  add("upgrade", x.upgrade);
  add("close", x.close);
  add("cancel", x.cancel);
  add("lag", x.lag);
  add("long wait", x.long_wait);
  add("rush", x.rush);
  add("poison", x.poison ? 1 : 0);
  add("timeouts", x.timeouts ? 1 : 0);
  add("slow handlers", x.slow_handlers ? 1 : 0);
  return text;
}

} // namespace callboard::simulation
