# onewire, as on the ESP8266, with one DS18B20 on any pin.
import _board


class OneWireError(Exception):
    pass


class OneWire:
    SEARCH_ROM = 0xF0
    MATCH_ROM = 0x55
    SKIP_ROM = 0xCC

    def __init__(self, pin):
        self.pin = pin

    def reset(self, required=False):
        present = _board.onewire_reset() == 1
        if required and not present:
            raise OneWireError
        return present

    def readbyte(self):
        return _board.onewire_read()

    def readinto(self, buf):
        for i in range(len(buf)):
            buf[i] = self.readbyte()

    def writebyte(self, value):
        _board.onewire_write(value)

    def write(self, buf):
        for b in buf:
            self.writebyte(b)

    def select_rom(self, rom):
        self.reset()
        self.writebyte(self.MATCH_ROM)
        self.write(rom)

    def scan(self):
        # One device: what it says to READ ROM.
        if not self.reset():
            return []
        self.writebyte(0x33)
        return [bytes(self.readbyte() for _ in range(8))]

    def crc8(self, data):
        crc = 0
        for byte in data:
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ (0x8C if crc & 1 else 0)
        return crc
