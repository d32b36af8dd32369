# TSL2591 light sensor, after its datasheet (ams, v2, "Register Description").
import machine
from time import sleep_ms

ADDRESS = 0x29
# With CMD and "normal operation" set
ENABLE, CONTROL, ID, STATUS = 0xA0, 0xA1, 0xB2, 0xB3
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
        # Lux. After an I2C error the chip is started again; three tries in all.
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
        # Auto-gain: steps are 25 at most, so from below 1000 the next gain is never full.
        for _ in range(6):
            c0, c1 = self._counts()
            if max(c0, c1) >= FULL:
                if self._gain == 0:
                    break
                self._gain -= 1
            elif c0 < 1000 and self._gain < 3:
                self._gain += 1
            elif c1 >= c0:
                return 0.0
            else:
                # The datasheet has no formula for lux; this is Adafruit's. It is never negative.
                return round((c0 - c1) * (1 - c1 / c0) * 4.08 / GAINS[self._gain], 4)
            self._ready = False
        raise OSError("E_SATURATED: too much light, or changing too fast")

    def _counts(self):
        if not self._ready:
            self._start()
        d = self._data
        for _ in range(40):  # integration takes 108 ms at most
            self._i2c.readfrom_mem_into(ADDRESS, STATUS, d)
            if d[0] & 1:  # AVALID: a whole cycle since AEN
                return d[1] | d[2] << 8, d[3] | d[4] << 8
            sleep_ms(10)
        raise OSError(110)

    def _start(self):
        chip = self._i2c.readfrom_mem(ADDRESS, ID, 1)[0]
        if chip != 0x50:
            raise OSError("E_SENSOR_ID: chip 0x%02x at 0x29 is no TSL2591" % chip)
        # PON; AGAIN with ATIME 100 ms; PON and AEN
        for register, value in ((ENABLE, 1), (CONTROL, self._gain << 4), (ENABLE, 3)):
            self._i2c.writeto_mem(ADDRESS, register, bytes((value,)))
        self._ready = True
