#pragma once

/// Several programs in one: each knows other steps of the tables.
namespace callboard::test {

enum class program {
  /// Before nodes told what they know: versions 1 and 2.
  past,
  present,
  /// One more step, with which the present one can work,
  next,
  /// and with which it can't.
  apart,
};

/// As which program this thread works from now on; `present` at first.
void become(program who);

/// Runs `work` as another program.
template <class Work>
auto as(program who, Work work) {
  struct back {
    ~back() { become(program::present); }
  } later;
  become(who);
  return work();
}

} // namespace callboard::test
