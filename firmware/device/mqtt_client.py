# MQTT 3.1.1 over a socket that never blocks. Numbers are sections of the OASIS standard.
import select
import socket
from time import ticks_diff, ticks_ms

CLOSED, TCP, CONNECT, UP = range(4)
DEADLINE = 10000  # for TCP, CONNACK, PUBACK and PINGRESP


def text(s):  # 1.5.3
    s = s.encode()
    return bytes((len(s) >> 8, len(s) & 255)) + s


def packet(first, *parts):  # 2.2
    n = 0
    for part in parts:
        n += len(part)
    # Two bytes of length carry 16 KB: more than a board has to say.
    head = bytes((first, n) if n < 128 else (first, n & 127 | 128, n >> 7))
    return b"".join((head,) + parts)


class MQTTClient:
    secure = None  # puts TLS over a socket that is connected: see tls_socket.py

    def __init__(self, host, port, keepalive, hello):
        self._host = host
        self._port = port
        self._ping = keepalive * 500  # ms: twice in a keepalive (3.1.2.10)
        self._hello = hello  # the packets CONNECT and SUBSCRIBE
        self._sock = None
        self._in = bytearray(128)
        self._id = self._last = self._sent = 0
        self.state = CLOSED
        self.inbox = []  # what came on the topics subscribed to: topic with its length, and payload
        self.lost = 0  # published at QoS 0, and not known to have arrived when the connection ended

    def open(self):
        # getaddrinfo() of an address does not block; that of a name would: see named_client.py.
        address = socket.getaddrinfo(self._host, self._port)[0][-1]
        self._sock = socket.socket()
        self._sock.setblocking(False)
        self.out = b""
        self.head = 0  # the first byte of a packet that is coming in
        self._marked = None  # while a ping is out: how many were sent before it
        self.unacked = 0  # packet id of the QoS 1 publish that is out
        self.confirmed = False  # whether the broker has answered anything since CONNACK
        self._go(TCP)
        try:
            self._sock.connect(address)
        except OSError as e:
            if e.args[0] not in (115, 119):  # EINPROGRESS
                raise

    def close(self):
        self.state = CLOSED
        if self._sock:
            self.lost += self._sent
            self._sent = 0
            self._sock.close()
            self._sock = None

    def publish(self, topic, payload, qos, retain):  # 3.3
        # `topic`: with its length, as text() makes it
        first = 0x30 | qos << 1 | retain
        payload = payload.encode()
        if qos:
            self._id = self.unacked = self._id % 65535 + 1
            self._published = ticks_ms()
            self._send(packet(first, topic, bytes((self._id >> 8, self._id & 255)), payload))
        else:
            self._sent += 1
            self._send(packet(first, topic, payload))

    def step(self):
        # Raises OSError when the connection is over.
        if self.state == TCP:
            poll = select.poll()
            poll.register(self._sock, select.POLLOUT)
            for _, bits in poll.poll(0):
                if bits != select.POLLOUT:
                    raise OSError("E_MQTT_CONN: connection refused")
                if self.secure:
                    self._sock = self.secure(self._sock)
                self._go(CONNECT)
                self._send(self._hello[0])
        else:
            self._send(b"")
            self._receive()
        late = ticks_diff(ticks_ms(), self._since)
        if self.state == UP:
            if self.unacked and ticks_diff(ticks_ms(), self._published) > DEADLINE:
                raise OSError("E_MQTT_CONN: no PUBACK")
            if self._marked is None:
                late -= self._ping
                if late >= 0 and not self.out:
                    self._marked = self._sent
                    self._go(UP)
                    self._send(b"\xc0\x00")  # PINGREQ (3.12)
                    return
        if late > DEADLINE:
            raise OSError("E_MQTT_CONN: no %s in 10 s" % ("connection", "CONNACK", "PINGRESP")[self.state - 1])

    def _go(self, state):
        self.state = state
        self._since = ticks_ms()

    def _send(self, data):
        out = self.out + data if self.out else data
        if out:
            n = self._sock.write(out) or 0
            self.out = out[n:] if n < len(out) else b""

    def _receive(self):
        n = self._sock.readinto(self._in)
        if n == 0:
            raise OSError("E_MQTT_CONN: closed by the broker")
        for i in range(n or 0):
            b = self._in[i]
            if not self.head:
                self.head = b
                self._left = self._shift = 0
                continue
            if self._shift >= 0:  # remaining length (2.2.3)
                self._left |= (b & 127) << self._shift
                self._shift = self._shift + 7 if b > 127 else -1
                # A message that is longer, or that would be the fifth to wait, goes by.
                self._body = None
                if self.head >> 4 == 3 and self._left <= 512 and len(self.inbox) < 4:
                    self._body = bytearray()
            else:
                if self._body is not None:
                    self._body.append(b)
                self._last = self._last << 8 & 0xFF00 | b
                self._left -= 1
            if self._shift < 0 and not self._left:
                self._packet(self.head >> 4, self._last)
                self.head = 0

    def _packet(self, kind, last):
        # `last`: its last two bytes. Other kinds are passed over.
        if kind == 2:  # CONNACK (3.2)
            code = last & 255
            if code:
                name = "E_MQTT_AUTH" if code in (4, 5) else "E_MQTT_CONN"
                raise OSError("%s: refused by the broker (%d)" % (name, code))
            self._go(UP)
            self._send(self._hello[1])
        elif kind == 3 and self._body:  # PUBLISH (3.3), at QoS 0 as subscribed
            self.inbox.append(self._body)
        elif kind == 4 and last == self.unacked:  # PUBACK (3.4)
            self.unacked = 0
            self.confirmed = True
        elif kind == 13 and self._marked is not None:  # PINGRESP (3.13): what went before it has arrived
            self._sent -= self._marked
            self._marked = None
            self.confirmed = True
            self._go(UP)
