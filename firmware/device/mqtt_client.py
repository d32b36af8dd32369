# MQTT 3.1.1 over a socket that never blocks. Numbers are sections of the OASIS standard.
import select
import socket
from time import ticks_diff, ticks_ms

CLOSED, TCP, CONNECT, UP = 0, 1, 2, 3
DEADLINE = 10000  # for TCP, CONNACK, PUBACK and PINGRESP


def text(s):  # 1.5.3
    s = s.encode()
    return bytes((len(s) >> 8, len(s) & 255)) + s


def packet(first, body):  # 2.2
    head = bytearray((first,))
    n = len(body)
    while n > 127:
        head.append(n & 127 | 128)
        n >>= 7
    head.append(n)
    return bytes(head) + body


class MQTTClient:
    def __init__(self, client_id, address, keepalive, will, user=None, password=None):
        # 3.1: clean session; a retained will of QoS 0
        flags = 0x26
        rest = text(client_id) + text(will[0]) + text(will[1])
        if user is not None:
            flags |= 0x80
            rest += text(user)
            if password is not None:
                flags |= 0x40
                rest += text(password)
        head = text("MQTT") + bytes((4, flags, keepalive >> 8, keepalive & 255))
        self._connect = packet(0x10, head + rest)
        self._address = address
        self._ping = keepalive * 500  # twice in a keepalive (3.1.2.10)
        self._sock = None
        self._in = bytearray(64)
        self._last = 0
        self._id = 0
        self.state = CLOSED
        self.lost = 0  # published at QoS 0 and not known to have arrived when the connection ended
        self._sent = 0

    def open(self):
        self.close()
        address = socket.getaddrinfo(*self._address)[0][-1]  # a name (not an address) blocks on DNS
        self._sock = socket.socket()
        self._sock.setblocking(False)
        self._out = b""
        self._head = 0
        self._marked = None  # how many were sent when the ping that is out was sent
        self.unacked = 0  # packet id of the QoS 1 publish that is out
        self.confirmed = False  # whether the broker has answered anything since CONNACK
        self._go(TCP)
        try:
            self._sock.connect(address)
        except OSError as e:
            if e.args[0] != 115:  # EINPROGRESS
                raise

    def close(self):
        self.state = CLOSED
        if self._sock:
            self.lost += self._sent
            self._sent = 0
            self._sock.close()
            self._sock = None

    def busy(self):
        return self._out or self.unacked

    def publish(self, topic, payload, qos=0, retain=0):  # 3.3
        body = text(topic)
        if qos:
            self._id = self._id % 65535 + 1
            body += bytes((self._id >> 8, self._id & 255))
            self.unacked = self._id
            self._acked = ticks_ms()
        else:
            self._sent += 1
        self._send(packet(0x30 | qos << 1 | retain, body + payload.encode()))

    def step(self):
        # Never waits. Raises OSError when the connection is over.
        if self.state == TCP:
            poller = select.poll()
            poller.register(self._sock, select.POLLOUT)
            for _, bits in poller.poll(0):
                if bits & (select.POLLERR | select.POLLHUP):
                    raise OSError("E_MQTT_CONN: connection refused")
                self._go(CONNECT)
                self._send(self._connect)
        elif self.state:
            self._send(b"")
            self._receive()
        late = ticks_diff(ticks_ms(), self._since) - DEADLINE
        if self.state == UP:
            if self.unacked and ticks_diff(ticks_ms(), self._acked) > DEADLINE:
                raise OSError("E_MQTT_CONN: no PUBACK")
            if self._marked is None:
                late -= self._ping
                if late > -DEADLINE and not self._out:
                    self._marked = self._sent
                    self._since = ticks_ms()
                    self._send(b"\xc0\x00")  # 3.12
                    return
        if late > 0:
            raise OSError("E_MQTT_CONN: no " + ("", "connection", "CONNACK", "PINGRESP")[self.state])

    def _go(self, state):
        self.state = state
        self._since = ticks_ms()

    def _send(self, data):
        self._out += data
        if self._out:
            n = self._sock.write(self._out)
            if n:
                self._out = self._out[n:]

    def _receive(self):
        n = self._sock.readinto(self._in)
        if n is None:
            return
        if n == 0:
            raise OSError("E_MQTT_CONN: closed by the broker")
        for b in memoryview(self._in)[:n]:
            if not self._head:
                self._head = b
                self._left = self._shift = 0
                continue
            if self._shift >= 0:  # remaining length (2.2.3)
                self._left |= (b & 127) << self._shift
                self._shift = self._shift + 7 if b & 128 and self._shift < 21 else -1
            else:
                self._last = self._last << 8 & 0xFF00 | b
                self._left -= 1
            if self._shift < 0 and not self._left:
                self._packet(self._head >> 4, self._last)
                self._head = 0

    def _packet(self, kind, last):
        # `last` is its last two bytes. Others than these are passed over.
        if kind == 2:  # CONNACK (3.2)
            code = last & 255
            if code in (4, 5):
                raise OSError("E_MQTT_AUTH: user or password refused (%d)" % code)
            if code:
                raise OSError("E_MQTT_CONN: refused by the broker (%d)" % code)
            self._go(UP)
        elif kind == 4 and last == self.unacked:  # PUBACK (3.4)
            self.unacked = 0
            self.confirmed = True
        elif kind == 13 and self._marked is not None:  # PINGRESP (3.13): what was sent before it has arrived
            self._sent -= self._marked
            self._marked = None
            self.confirmed = True
            self._since = ticks_ms()
