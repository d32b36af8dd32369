# TSL2591 light sensor, after its datasheet (ams, TSL2591, v2). Registers: "Register Description".
import machine
from time import sleep_ms

ADDRESS = 0x29
COMMAND = 0xA0  # CMD, normal operation
ENABLE, CONTROL, ID, STATUS = 0x00, 0x01, 0x12, 0x13
GAINS = (1, 25, 428, 9876)  # AGAIN, typical
FULL = 36863  # the most the ADC counts in 100 ms; 0xFFFF only with longer integration


class Tsl2591:
    def __init__(self, sensor_id="tsl2591", scl=5, sda=4):
        self.sensor_id = sensor_id
        i2c = getattr(machine, "SoftI2C", None) or machine.I2C
        self._i2c = i2c(scl=machine.Pin(scl), sda=machine.Pin(sda))
        self._data = bytearray(5)
        self._gain = 1
        self._ready = False

    def sample(self):
        # Lux. The chip is started again after an I2C error, and asked three times in all.
        for tries in (2, 1, 0):
            try:
                return self._lux()
            except OSError as e:
                self._ready = False
                if isinstance(e.args[0], str):
                    raise
                if not tries:
                    raise OSError("E_I2C: no answer from the sensor at 0x29 (%r)" % e)
            sleep_ms(20)

    def _lux(self):
        # Auto-gain: a gain step is 25 at most, so below 1000 the next higher gain cannot be full.
        for _ in range(6):
            c0, c1 = self._counts()
            if max(c0, c1) >= FULL:
                if self._gain == 0:
                    raise OSError("E_SATURATED: too bright for the sensor")
                self._gain -= 1
            elif c0 < 1000 and self._gain < 3:
                self._gain += 1
            else:
                break
            self._ready = False
        else:
            raise OSError("E_SATURATED: the light changes too fast to find a gain")
        if c1 >= c0:
            return 0.0
        # The datasheet has no formula for lux; this is the one of Adafruit's library. It is never negative.
        return round((c0 - c1) * (1 - c1 / c0) * 4.08 / GAINS[self._gain], 4)

    def _counts(self):
        if not self._ready:
            self._start()
        for _ in range(40):  # integration takes 108 ms at most
            self._i2c.readfrom_mem_into(ADDRESS, COMMAND | STATUS, self._data)
            if self._data[0] & 1:  # AVALID: a whole cycle since AEN
                d = self._data
                return d[1] | d[2] << 8, d[3] | d[4] << 8
            sleep_ms(10)
        raise OSError(110)

    def _start(self):
        chip = self._i2c.readfrom_mem(ADDRESS, COMMAND | ID, 1)[0]
        if chip != 0x50:
            raise OSError("E_SENSOR_ID: chip 0x%02x at 0x29 is no TSL2591" % chip)
        self._set(ENABLE, 0x01)  # PON
        self._set(CONTROL, self._gain << 4)  # AGAIN, ATIME 100 ms
        self._set(ENABLE, 0x03)  # PON, AEN
        self._ready = True

    def _set(self, register, value):
        self._i2c.writeto_mem(ADDRESS, COMMAND | register, bytes((value,)))
