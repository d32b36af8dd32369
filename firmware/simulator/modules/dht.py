# dht, as on the ESP8266: DHT11 and DHT22 on any pin.
import _board
from binascii import unhexlify


class _DHT:
    def __init__(self, pin):
        self.pin = pin
        self.buf = bytearray(5)

    def measure(self):
        data = _board.dht(self._kind)
        if not isinstance(data, str):
            raise OSError(-data)
        self.buf[:] = unhexlify(data)
        if sum(self.buf[:4]) & 0xFF != self.buf[4]:
            raise Exception("checksum error")


class DHT11(_DHT):
    _kind = 11

    def humidity(self):
        return self.buf[0]

    def temperature(self):
        return self.buf[2]


class DHT22(_DHT):
    _kind = 22

    def humidity(self):
        return (self.buf[0] << 8 | self.buf[1]) / 10

    def temperature(self):
        t = ((self.buf[2] & 0x7F) << 8 | self.buf[3]) / 10
        return -t if self.buf[2] & 0x80 else t
