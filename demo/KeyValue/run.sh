#!/usr/bin/env bash
# Starts three nodes on this machine: HTTP on 127.0.0.1:8081 to 8083. Ctrl-C stops them. Options go to all nodes, such as --groups 16.
# HTTP_PORTS and RAFT_PORTS are the ports without the number of the node: 808 and 255 by default. DATA is the folder of the logs.
set -eu
cd "$(dirname "$0")"
http=${HTTP_PORTS:-808}
raft=${RAFT_PORTS:-255}
dotnet build -v q
trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT
for node in 1 2 3; do
  dotnet bin/Debug/net10.0/KeyValue.dll --urls "http://127.0.0.1:$http$node" --RaftActors:Node "127.0.0.1:$raft$node" \
    --RaftActors:StoreDirectory "${DATA:-data}/$node" --RaftActors:Nodes:0 "127.0.0.1:${raft}1" \
    --RaftActors:Nodes:1 "127.0.0.1:${raft}2" --RaftActors:Nodes:2 "127.0.0.1:${raft}3" "$@" > >(sed -u "s/^/$node  /") 2>&1 &
done
wait
