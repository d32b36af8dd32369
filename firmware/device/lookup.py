# Looks up the address of a name without ever waiting (RFC 1035). Used when config.py has a name in the place of an address.
import network
import random
import socket
from time import ticks_diff, ticks_ms

TIMEOUT = 5000


def query(number, name):  # 4.1: recursion desired, one question: A, IN
    head = bytes((number >> 8, number & 255)) + b"\1\0\0\1\0\0\0\0\0\0"
    labels = b"".join(bytes((len(label),)) + label.encode() for label in name.split("."))
    return head + labels + b"\0\0\1\0\1"


def skip(message, at):  # a name (4.1.4): labels up to an empty one, or to a pointer
    while message[at] and message[at] < 192:
        at += message[at] + 1
    return at + (2 if message[at] else 1)


def first_address(message):
    # The first A record (3.4.1) among the answers, or None.
    at = skip(message, 12) + 4
    for _ in range(message[7]):
        at = skip(message, at)
        size = message[at + 8] << 8 | message[at + 9]
        at += 10 + size
        if message[at - size - 9] == 1 and size == 4:
            return ".".join(str(b) for b in message[at - 4:at])


class Lookup:
    def __init__(self, name):
        self._name = name
        self._sock = None
        self._known = name if name.replace(".", "").isdigit() else None  # the last address that was found

    def step(self):
        # The address, or None while the answer is out. Raises OSError if there is none, and none was found before.
        if self._known == self._name:
            return self._name
        try:
            address = self._ask() if not self._sock else self._hear()
        except (OSError, IndexError) as e:
            self.close()
            if not self._known:
                raise OSError("E_DNS: no address for %s (%s)" % (self._name, e))
            return self._known
        self._known = address or self._known
        return address

    def close(self):
        if self._sock:
            self._sock.close()
            self._sock = None

    def _ask(self):
        self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sock.setblocking(False)
        self._number = random.getrandbits(16)
        self._since = ticks_ms()
        server = network.WLAN(network.STA_IF).ifconfig()[3]
        self._sock.sendto(query(self._number, self._name), (server, 53))

    def _hear(self):
        try:
            message = self._sock.recv(512)
        except OSError as e:
            if e.args[0] != 11:  # EAGAIN
                raise
            message = b""
        if len(message) > 12 and message[0] << 8 | message[1] == self._number:
            address = first_address(message)
            if not address:
                raise OSError("not known to the name server")
            self.close()
            return address
        if ticks_diff(ticks_ms(), self._since) > TIMEOUT:
            raise OSError("no answer from the name server")
