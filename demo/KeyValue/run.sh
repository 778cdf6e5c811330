#!/usr/bin/env bash
# Starts three nodes on this machine: HTTP on 127.0.0.1:8081 to 8083. Ctrl-C stops them. Options go to all nodes, such as --groups 16.
set -eu
cd "$(dirname "$0")"
dotnet build -v q
trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
for node in 1 2 3; do
  dotnet run --no-build -- --urls "http://127.0.0.1:808$node" --RaftActors:Node "127.0.0.1:255$node" \
    --RaftActors:StoreDirectory "data/$node" "$@" 2>&1 | sed -u "s/^/$node  /" &
done
wait
