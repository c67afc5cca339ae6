#!/usr/bin/env bash
# Works on the messages of a pull subscription, one after the other: work.sh <subscription> <command>. The command gets the body of a
# message as its standard input; if it fails, the message comes again. Needs curl.
set -euo pipefail
messages=${GATEWAY:-http://localhost:8080}/subscriptions/$1/messages
key=(${GATEWAY_API_KEY:+-H "Authorization: Bearer $GATEWAY_API_KEY"})
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
trap 'stop=1' TERM INT

while [[ -z ${stop-} ]]; do
  status=$(curl -s "${key[@]}" -X POST "$messages:receive?as=raw&wait=20s&visibility=1m" -D "$dir/head" -o "$dir/body" -w '%{http_code}') || true
  receipt=$(sed -n 's/^rocketmq-receipt: *\([A-Za-z0-9_-]*\).*/\1/Ip' "$dir/head" 2>/dev/null) || true
  [[ $status == 200 ]] || { [[ $status == 204 ]] || sleep 1; continue; }
  "${@:2}" < "$dir/body" && curl -sf "${key[@]}" -o /dev/null "$messages:ack" --json "{\"receipts\":[\"$receipt\"]}"
done
