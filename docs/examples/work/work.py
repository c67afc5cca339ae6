"""Works on the messages of a pull subscription: python3 work.py <subscription>. Python 3.8 or newer, nothing to install."""

import json
import os
import signal
import sys
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

GATEWAY = os.environ.get("GATEWAY", "http://localhost:8080")
API_KEY = os.environ.get("GATEWAY_API_KEY")
TIMEOUT = 30  # seconds; more than the 20 s of a receive

stopping = False


def stop(*_):
    global stopping
    stopping = True


def post(path, document=None):
    headers = {"Content-Type": "application/json"}
    if API_KEY:
        headers["Authorization"] = f"Bearer {API_KEY}"
    body = json.dumps(document or {}).encode()
    with urlopen(Request(GATEWAY + path, body, headers), timeout=TIMEOUT) as answer:
        return json.load(answer)


def process(message):
    """Your work. A message can come twice: its id is the same each time."""
    print(message["id"], message["attempt"], message.get("body"), flush=True)


def main(subscription):
    messages = f"/subscriptions/{quote(subscription, safe='')}/messages"
    while not stopping:
        try:
            received = post(f"{messages}:receive?max=10&wait=20s&visibility=1m")["messages"]
            for message in received:
                try:
                    process(message)
                except Exception as error:  # not acknowledged, so the message comes again when its lease ends
                    print(message["id"], error, file=sys.stderr)
                else:
                    post(f"{messages}:ack", {"receipts": [message["receipt"]]})
        except HTTPError as error:
            print(error, file=sys.stderr)
            if error.code < 500 and error.code != 429:
                return 1
            time.sleep(int(error.headers.get("Retry-After", "1")))
        except (OSError, HTTPException) as error:  # no answer: whatever was received comes again
            print(error, file=sys.stderr)
            time.sleep(1)
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.exit(main(*sys.argv[1:]))
