# machine, as on the ESP8266.
import _board
from binascii import hexlify, unhexlify

PWRON_RESET = 0
WDT_RESET = 1
SOFT_RESET = 4
DEEPSLEEP_RESET = 5
HARD_RESET = 6


def reset():
    _board.reset(HARD_RESET)


def soft_reset():
    _board.reset(SOFT_RESET)


def reset_cause():
    return _board.cause()


def unique_id():
    return unhexlify(_board.unique_id())


def freq(hz=80000000):
    return 80000000


class Pin:
    IN = 0
    OUT = 1
    OPEN_DRAIN = 2
    PULL_UP = 1

    def __init__(self, id, mode=-1, pull=-1, value=None):
        if not (isinstance(id, int) and 0 <= id <= 16):
            raise ValueError("invalid pin")
        self.id = id
        self._value = value or 0

    def value(self, x=None):
        if x is None:
            return self._value
        self._value = x

    __call__ = value

    def __repr__(self):
        return "Pin(%d)" % self.id


class ADC:
    def __init__(self, id):
        if id != 0:
            raise ValueError("not a valid ADC Channel")

    def read(self):
        return _board.adc()

    def read_u16(self):
        return _board.adc() * 65535 // 1024


# The sensor hangs on the pins of the tutorial; on any other pins, nothing answers.
_SCL = 5
_SDA = 4


class I2C:
    def __init__(self, id=-1, scl=None, sda=None, freq=400000, timeout=50000):
        self._here = scl.id == _SCL and sda.id == _SDA

    def _transfer(self, addr, out, length, probe=False):
        if not self._here:
            raise OSError(19)
        result = _board.i2c(addr, hexlify(bytes(out)).decode(), length)
        if not isinstance(result, str):
            raise OSError(-result)
        return unhexlify(result)

    def scan(self):
        found = []
        for addr in range(0x08, 0x78):
            try:
                self._transfer(addr, b"", 0)
                found.append(addr)
            except OSError:
                pass
        return found

    def writeto(self, addr, buf, stop=True):
        self._transfer(addr, buf, 0)
        return len(buf)

    def readfrom(self, addr, nbytes, stop=True):
        return self._transfer(addr, b"", nbytes)

    def readfrom_into(self, addr, buf, stop=True):
        buf[:] = self._transfer(addr, b"", len(buf))

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        return self._transfer(addr, bytes((memaddr,)), nbytes)

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        buf[:] = self._transfer(addr, bytes((memaddr,)), len(buf))

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        self._transfer(addr, bytes((memaddr,)) + bytes(buf), 0)


SoftI2C = I2C


class WDT:
    # On the ESP8266 the timeout cannot be chosen, and once started it cannot be stopped.
    def __init__(self, id=0):
        self.feed()

    def feed(self):
        _board.feed()


class RTC:
    def datetime(self, t=None):
        import time
        if t is None:
            t = time.gmtime()
            return t[:3] + (t[6],) + t[3:6] + (0,)
        _board.set_seconds(time.mktime((t[0], t[1], t[2], t[4], t[5], t[6], 0, 0)))

    # Memory that a reset spares and a loss of power does not.
    def memory(self, data=None):
        if data is None:
            return unhexlify(_board.rtc_memory(None))
        if isinstance(data, str):
            data = data.encode()
        if len(data) > 492:
            raise ValueError("buffer too long")
        _board.rtc_memory(hexlify(data).decode())
