# Samples that wait for the network, 8 bytes each. When full, the oldest is dropped, and counted. restart.py keeps them over a restart.
import struct


class Ring:
    def __init__(self, size=256):
        self.size = size
        self.data = bytearray(8 * size)
        self.names = []  # of what is sampled; 16 at most, since a sample has 4 bits for the place of its name
        self.first = self.length = self.dropped = 0
        self.changed = True  # since it was read from the flash
        self.kept = False  # whether the flash still has what was read from it

    def push(self, name, seconds, value):
        # 4 bits for the name, the low 28 bits of the device's time, a 32-bit float.
        if name not in self.names:
            if len(self.names) == 16:
                raise ValueError("E_VALUE: 16 values at most")
            self.names.append(name)
        if self.length == self.size:
            self.pop()
            self.dropped += 1
        at = 8 * ((self.first + self.length) % self.size)
        word = self.names.index(name) << 28 | seconds & 0xFFFFFFF
        struct.pack_into("<If", self.data, at, word, value)
        self.length += 1
        self.changed = True

    def peek(self, now):
        # The oldest: (name, seconds, value). Its time is the one less than 4 years from now.
        word, value = struct.unpack_from("<If", self.data, 8 * self.first)
        age = (now - word + 0x8000000 & 0xFFFFFFF) - 0x8000000
        return self.names[word >> 28], now - age, value

    def pop(self):
        self.first = (self.first + 1) % self.size
        self.length -= 1
        self.changed = True
