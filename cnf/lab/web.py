"""A web server of the lab: HTTP/1.1 pages of which each says something in its own way; one line on stdout for each request.

/ is harmless, /word says the word EVILPAYLOAD, /chunked cuts it over two chunks, /gzip compresses it, /file/NAME is a file of the
folder that the server was started in. What is posted is read and answered with its length.
"""

import gzip
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WORD = b"this page says EVILPAYLOAD aloud\n"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, form, *arguments):
        print(form % arguments, flush=True)

    def send(self, body, coding=None):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        if coding:
            self.send_header("Content-Encoding", coding)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/word":
            self.send(WORD)
        elif self.path == "/gzip":
            self.send(gzip.compress(WORD), "gzip")
        elif self.path == "/chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (WORD[:19], WORD[19:], b""):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        elif self.path.startswith("/file/"):
            with open(os.path.basename(self.path), "rb") as file:
                self.send(file.read())
        else:
            self.send(b"Good morning, world\n")

    def do_POST(self):
        self.send(b"%d bytes\n" % len(self.rfile.read(int(self.headers["Content-Length"]))))


ThreadingHTTPServer(("", int(sys.argv[1])), Handler).serve_forever()
