"""Receives webhooks and takes only those with a signature of ours. pip install standardwebhooks"""
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])  # whsec_…


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            webhook.verify(body, dict(self.headers.items()), json_parse=False)
        except WebhookVerificationError:
            return self.answer(401)
        # The webhook-id is the same on every attempt: what has been handled already is only answered.
        print("received", self.headers["webhook-id"], flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8090"))), Receiver)
print("listening on port", server.server_port, flush=True)
server.serve_forever()
