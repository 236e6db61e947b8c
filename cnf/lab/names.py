"""A name server of the lab, over UDP and TCP: every name has the address 192.0.2.80, but alias.example leads to www.bad.example.

One line on stdout for each question.
"""

import socketserver
import struct
import sys
import threading


def wire(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def answer(query):
    at, parts = 12, []
    while query[at]:
        parts.append(query[at + 1 : at + 1 + query[at]].decode())
        at += query[at] + 1
    name, question = ".".join(parts), query[12 : at + 5]
    print("asked", name, flush=True)
    if name == "alias.example":
        target = wire("www.bad.example")
        records = b"\xc0\x0c" + struct.pack("!HHIH", 5, 1, 60, len(target)) + target
    else:
        records = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes([192, 0, 2, 80])
    return query[:2] + b"\x81\x80" + struct.pack("!HHHH", 1, 1, 0, 0) + question + records


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        self.request[1].sendto(answer(self.request[0]), self.client_address)


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        while size := self.rfile.read(2):
            reply = answer(self.rfile.read(*struct.unpack("!H", size)))
            self.wfile.write(struct.pack("!H", len(reply)) + reply)


socketserver.TCPServer.allow_reuse_address = True
port = int(sys.argv[1])
threading.Thread(target=socketserver.ThreadingUDPServer(("", port), Datagram).serve_forever).start()
print("serving", flush=True)
socketserver.ThreadingTCPServer(("", port), Stream).serve_forever()
