# Samples that wait for the network, 8 bytes each. When full, the oldest is dropped, and counted.
import struct


class Ring:
    def __init__(self, size=256):
        self._size = size
        self._data = bytearray(8 * size)
        self._first = 0
        self.length = 0
        self.dropped = 0

    def push(self, source, seconds, value):
        # 2 bits of source, 30 bits of device time (peek() finds the others again), a 32-bit float.
        if self.length == self._size:
            self.pop()
            self.dropped += 1
        at = 8 * ((self._first + self.length) % self._size)
        struct.pack_into("<If", self._data, at, source << 30 | seconds & 0x3FFFFFFF, value)
        self.length += 1

    def peek(self, now):
        # The oldest: (source, seconds, value). No sample is 17 years away from now.
        word, value = struct.unpack_from("<If", self._data, 8 * self._first)
        age = (now - word + 0x20000000 & 0x3FFFFFFF) - 0x20000000
        return word >> 30, now - age, value

    def pop(self):
        self._first = (self._first + 1) % self._size
        self.length -= 1

    def save(self, path):
        with open(path, "wb") as f:
            f.write(struct.pack("<HH", self._first, self.length))
            f.write(self._data)

    def load(self, path):
        with open(path, "rb") as f:
            first, length = struct.unpack("<HH", f.read(4))
            if f.readinto(self._data) == len(self._data):
                self._first = first % self._size
                self.length = min(length, self._size)
