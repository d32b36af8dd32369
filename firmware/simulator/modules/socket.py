# socket: blocking, with timeouts, or not blocking, over the host's network.
import _board
import io
from binascii import hexlify, unhexlify

AF_INET = 2
SOCK_STREAM = 1
SOCK_DGRAM = 2
IPPROTO_TCP = 6
SOL_SOCKET = 1
SO_REUSEADDR = 4

_EAGAIN = 11


def _check(result):
    if result < 0:
        if result == -4:
            raise KeyboardInterrupt
        raise OSError(result if result == -2 else -result)
    return result


def getaddrinfo(host, port, *hints):
    address = _board.resolve(host)
    if not isinstance(address, str):
        raise OSError(address)
    return [(AF_INET, SOCK_STREAM, 0, "", (address, port))]


class socket(io.IOBase):
    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=0):
        self._id = _check(_board.open(type == SOCK_DGRAM))
        self._wait = -1
        self._peer = None

    def settimeout(self, seconds):
        self._wait = -1 if seconds is None else int(seconds * 1000)

    def setblocking(self, flag):
        self._wait = -1 if flag else 0

    def setsockopt(self, *_):
        pass

    def connect(self, address):
        _check(_board.connect(self._id, address[0], address[1], self._wait))

    def send(self, data):
        return _check(_board.send(self._id, hexlify(data).decode(), self._wait))

    def sendall(self, data):
        while data:
            data = data[self.send(data):]

    def sendto(self, data, address):
        if self._peer != address:
            self._peer = address
            self.connect(address)
        return self.send(data)

    def recv(self, length):
        result = _board.receive(self._id, length, self._wait)
        if isinstance(result, str):
            return unhexlify(result)
        _check(result)

    def recvfrom(self, length):
        return self.recv(length), self._peer

    # The stream protocol: None where it would block, as in MicroPython's own sockets.
    def read(self, length=-1):
        data = b""
        while length < 0 or len(data) < length:
            try:
                more = self.recv(1024 if length < 0 else length - len(data))
            except OSError as e:
                if e.errno == _EAGAIN:
                    return data or None
                raise
            if not more:
                break
            data += more
        return data

    def readinto(self, buf, length=-1):
        data = self.read(len(buf) if length < 0 else length)
        if data is None:
            return None
        buf[:len(data)] = data
        return len(data)

    def write(self, data, length=-1):
        if length >= 0:
            data = data[:length]
        try:
            return self.send(data)
        except OSError as e:
            if e.errno == _EAGAIN:
                return None
            raise

    def makefile(self, *_):
        return self

    def ioctl(self, op, arg):
        if op == 3:
            return _check(_board.poll(self._id)) & (arg | 8 | 16)
        if op == 4:
            self.close()
        return 0

    def close(self):
        if self._id:
            _board.close(self._id)
            self._id = 0
