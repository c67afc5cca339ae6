"""Publishes to the RocketMQ HTTP Gateway: python3 publish.py [topic]. Python 3.8 or newer, nothing to install."""

import json
import os
import random
import sys
import time
import uuid
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

GATEWAY = os.environ.get("GATEWAY", "http://localhost:8080")
API_KEY = os.environ.get("GATEWAY_API_KEY")
TIMEOUT = 10  # seconds; more than the gateway waits for its broker
TRIES = 5


class PublishError(Exception):
    pass


def post(path, query, body, headers):
    """Every try is the same request with the same Idempotency-Key, by which receivers tell a repeat."""
    if API_KEY:
        headers = {**headers, "Authorization": f"Bearer {API_KEY}"}
    for attempt in range(TRIES):
        request = Request(f"{GATEWAY}{path}?{urlencode(query)}", body, headers)
        try:
            with urlopen(request, timeout=TIMEOUT) as answer:
                return json.load(answer)
        except HTTPError as error:
            problem = problem_of(error)
            retry_after = error.headers.get("Retry-After", "")
        except (OSError, HTTPException) as error:  # no answer, or none in time
            problem = {"code": "no-answer", "detail": str(error), "retryable": True}
            retry_after = ""
        failure = PublishError(f"{problem['code']}: {problem['detail']}")
        if not problem["retryable"]:
            break
        if attempt < TRIES - 1:
            seconds = int(retry_after) if retry_after.isdigit() else 0.5 * 2**attempt
            time.sleep(seconds * (1 + random.random()))
    raise failure


def problem_of(error):
    if error.headers.get_content_type() == "application/problem+json":
        return json.load(error)
    # The answer is that of a proxy before the gateway.
    return {"code": error.code, "detail": error.reason, "retryable": error.code in (502, 503, 504)}


def main(topic="demo"):
    messages = f"/topics/{quote(topic, safe='')}/messages"
    sent = post(
        messages,
        {"tag": "created", "key": "order-42", "property.city": "Zürich"},
        json.dumps({"order": 42}).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())},
    )
    print(sent["msgId"])

    # Query and headers hold for all lines, so what tells a repeated line stands in the line.
    lines = "".join(json.dumps({"id": str(uuid.uuid4()), "order": order}) + "\n" for order in (43, 44, 45))
    batch = post(f"{messages}:batch", {"tag": "created"}, lines.encode(), {"Content-Type": "application/x-ndjson"})
    for result in batch["results"]:
        if result["status"] >= 400:
            raise PublishError(f"line {result['index']}: {result['detail']}")
    print(batch["accepted"], "lines")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except PublishError as error:
        sys.exit(str(error))
