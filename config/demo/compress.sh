#!/bin/sh
# The arg is the name of a file: compresses it into the archive beside it.
set -eu
name=$(cat)
mkdir -p "$CALLBOARD_DEMO_DATA/archive"
gzip -9 -c "$CALLBOARD_DEMO_DATA/inbox/$name" >"$CALLBOARD_DEMO_DATA/archive/$name.gz.part"
mv "$CALLBOARD_DEMO_DATA/archive/$name.gz.part" "$CALLBOARD_DEMO_DATA/archive/$name.gz"
rm -f "$CALLBOARD_DEMO_DATA/inbox/$name"
