# Samples that wait for the network, 10 bytes each. When full, the oldest is dropped, and counted. restart.py keeps them over a restart.
import struct


class Ring:
    def __init__(self, size=256):
        self.size = size
        self.data = bytearray(10 * size)
        self.names = []  # of what is sampled; 16 at most, since a sample has 4 bits for the place of its name
        self.first = self.length = self.taken = self.dropped = 0
        self.changed = True  # since it was read from the flash
        self.kept = False  # whether the flash still has what was read from it

    def push(self, name, seconds, value, ms=0):
        # 4 bits for the name, the low 28 bits of the device's time, a 32-bit float, the ms of the time.
        if name not in self.names:
            if len(self.names) == 16:
                raise ValueError("E_VALUE: 16 values at most")
            self.names.append(name)
        self.taken += 1
        if self.length == self.size:
            self.pop()
            self.dropped += 1
        at = 10 * ((self.first + self.length) % self.size)
        word = self.names.index(name) << 28 | seconds & 0xFFFFFFF
        struct.pack_into("<IfH", self.data, at, word, value, ms)
        self.length += 1
        self.changed = True

    def peek(self, now):
        # The oldest: (name, seconds, value, ms). Its time is the one less than 4 years from now.
        word, value, ms = struct.unpack_from("<IfH", self.data, 10 * self.first)
        age = (now - word + 0x8000000 & 0xFFFFFFF) - 0x8000000
        return self.names[word >> 28], now - age, value, ms

    def pop(self):
        self.first = (self.first + 1) % self.size
        self.length -= 1
        self.changed = True
