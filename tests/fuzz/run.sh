#!/usr/bin/env bash
# Fuzzes every parser that reads what strangers wrote, under AddressSanitizer
# and UBSan. New inputs that reach new code are added to the corpora; a crash
# is left in build/fuzz and named.
#   tests/fuzz/run.sh [SECONDS]      a minute for each by default
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$root/build/fuzz
seconds=${1:-60}

"$root/cmake/install-packages.sh" fuzz
if ! [ -f "$build/build.ninja" ]; then
  # vptr checks need the type infos of SOCI's classes, which its library hides.
  flags="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-sanitize=vptr -fno-omit-frame-pointer"
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++ \
    -DCMAKE_CXX_FLAGS="$flags" -DCALLBOARD_TESTS=OFF -DCALLBOARD_FUZZ=ON
fi
targets=()
for source in "$root"/tests/fuzz/*_fuzzer.cpp; do
  targets+=("$(basename "$source" .cpp)")
done
cmake --build "$build" -j "$(nproc)" --target "${targets[@]}"

failed=0
for target in "${targets[@]}"; do
  corpus=$root/tests/fuzz/corpus/${target%_fuzzer}
  found=$build/found/${target%_fuzzer}
  mkdir -p "$corpus" "$found"
  echo "== $target, $seconds s"
  if ! (cd "$build" && "fuzzers/$target" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="$target-" "$found" "$corpus") 2>"$build/$target.log"; then
    failed=1
    echo "FAILED; the input is in $build:"
    tail -n 40 "$build/$target.log"
  fi
  grep -E 'number_of_executed_units|new_units_added' "$build/$target.log" || true
  # Keeps the smallest set of inputs that reaches the same code.
  mkdir -p "$build/merged"
  (cd "$build" && "fuzzers/$target" -merge=1 "$corpus" "$found") >/dev/null 2>&1 || true
done
exit "$failed"
