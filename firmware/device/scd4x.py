# SCD40 and SCD41: CO2 (ppm), temperature (°C), humidity (%), after their datasheet (Sensirion, "SCD4x", version 1).
import machine
from time import sleep_ms, ticks_diff, ticks_ms

ADDRESS = 0x62
START, READ, READY, STOP = b"\x21\xb1", b"\xec\x05", b"\xe4\xb8", b"\x3f\x86"  # 3.5, 3.8
PERIOD_MS = 5000  # 3.5.1: between two measurements


class SCD4x:
    def __init__(self, sensor_id="scd4x", scl=5, sda=4):
        self.sensor_id = sensor_id
        i2c = getattr(machine, "SoftI2C", None) or machine.I2C
        self._i2c = i2c(scl=machine.Pin(scl), sda=machine.Pin(sda))
        self._since = None  # when it was started, or was last read

    def sample(self):
        # No values while the next measurement is not there: each is read once.
        try:
            if self._since is None:
                self._start()
            if self._words(READY, 1)[0] & 0x7FF:  # 3.8.2
                self._since = ticks_ms()
                return values(self._words(READ, 3))
        except OSError as e:
            self._since = None
            if isinstance(e.args[0], str):
                raise
            raise OSError("E_I2C: no answer from the sensor at 0x62 (%r)" % e)
        if ticks_diff(ticks_ms(), self._since) > 3 * PERIOD_MS:
            self._since = None
            raise OSError("E_NOT_READY: the SCD4x does not measure")
        return {}

    def _start(self):
        # It may measure since before a restart, and then takes no other command than to stop, for 500 ms (3.5.3).
        try:
            self._i2c.writeto(ADDRESS, STOP)
            sleep_ms(500)
        except OSError:
            pass  # it was idle
        self._i2c.writeto(ADDRESS, START)
        self._since = ticks_ms()

    def _words(self, command, n):
        self._i2c.writeto(ADDRESS, command)
        sleep_ms(1)
        return words(self._i2c.readfrom(ADDRESS, 3 * n))


def words(data):
    # Two bytes and their checksum each (3.4).
    found = []
    for i in range(0, len(data), 3):
        if crc(data[i:i + 2]) != data[i + 2]:
            raise OSError("E_CRC: what came from the SCD4x is damaged")
        found.append(data[i] << 8 | data[i + 1])
    return found


def crc(data):  # 3.11
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ (0x31 if crc & 0x80 else 0)) & 0xFF
    return crc


def values(words):  # 3.5.2
    co2, t, h = words
    return {"co2": co2, "temperature": 175 * t / 65535 - 45, "humidity": 100 * h / 65535}
