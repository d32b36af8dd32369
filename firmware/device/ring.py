# Samples that wait for the network, 8 bytes each. When full, the oldest is dropped, and counted. restart.py keeps them over a restart.
import struct


class Ring:
    def __init__(self, size=256):
        self.size = size
        self.data = bytearray(8 * size)
        self.first = self.length = self.dropped = 0
        self.changed = True  # since it was read from the flash
        self.kept = False  # whether the flash still has what was read from it

    def push(self, source, seconds, value):
        # 2 bits of source, the low 30 bits of the device's time, a 32-bit float.
        if self.length == self.size:
            self.pop()
            self.dropped += 1
        at = 8 * ((self.first + self.length) % self.size)
        struct.pack_into("<If", self.data, at, source << 30 | seconds & 0x3FFFFFFF, value)
        self.length += 1
        self.changed = True

    def peek(self, now):
        # The oldest: (source, seconds, value). Its time is the one less than 17 years from now.
        word, value = struct.unpack_from("<If", self.data, 8 * self.first)
        age = (now - word + 0x20000000 & 0x3FFFFFFF) - 0x20000000
        return word >> 30, now - age, value

    def pop(self):
        self.first = (self.first + 1) % self.size
        self.length -= 1
        self.changed = True
