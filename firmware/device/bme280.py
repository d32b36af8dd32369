# BME280: temperature (°C), pressure (hPa), humidity (%). After its datasheet (Bosch, BST-BME280-DS002). A BMP280 has no humidity.
import machine
import struct
from time import sleep_ms

CALIBRATION, CALIBRATION_H, ID = 0x88, 0xE1, 0xD0
CTRL_HUM, STATUS, CTRL_MEAS, DATA = 0xF2, 0xF3, 0xF4, 0xF7
SKIPPED = 0x80000  # 5.4.8: what a value reads as that was not measured


class BME280:
    def __init__(self, sensor_id="bme280", scl=5, sda=4, address=0x76):
        self.sensor_id = sensor_id
        i2c = getattr(machine, "SoftI2C", None) or machine.I2C
        self._i2c = i2c(scl=machine.Pin(scl), sda=machine.Pin(sda))
        self._address = address
        self._calibration = None

    def sample(self):
        try:
            if not self._calibration:
                self._calibrate()
            return values(self._calibration, self._measure())
        except OSError as e:
            if isinstance(e.args[0], str):
                raise
            raise OSError("E_I2C: no answer from the sensor at 0x%02x (%r)" % (self._address, e))

    def _read(self, register, n):
        return self._i2c.readfrom_mem(self._address, register, n)

    def _calibrate(self):  # 4.2.2
        chip = self._read(ID, 1)[0]
        if chip not in (0x58, 0x60):  # 5.4.1; a BMP280 is 0x58
            raise OSError("E_SENSOR_ID: chip 0x%02x at 0x%02x is no BME280" % (chip, self._address))
        c = struct.unpack("<HhhHhhhhhhhhxB", self._read(CALIBRATION, 26))
        if chip == 0x60:
            h2, h3, a, b, d, h6 = struct.unpack("<hBbBbb", self._read(CALIBRATION_H, 7))
            c += h2, h3, a << 4 | b & 15, d << 4 | b >> 4, h6
        self._calibration = c

    def _measure(self):
        # Once, each value without oversampling, in forced mode (3.3.3, 5.4.3, 5.4.5). That takes 9.3 ms at most (9.1).
        for register, value in ((CTRL_HUM, 1), (CTRL_MEAS, 0x25)):
            self._i2c.writeto_mem(self._address, register, bytes((value,)))
        for _ in range(10):
            sleep_ms(5)
            if not self._read(STATUS, 1)[0] & 8:
                return self._read(DATA, 8)
        raise OSError(110)


def values(c, data):
    # The measured values, from the calibration and the registers 0xF7 to 0xFE.
    p, t = ((data[i] << 16 | data[i + 1] << 8 | data[i + 2]) >> 4 for i in (0, 3))
    if t == SKIPPED or p == SKIPPED:
        raise OSError("E_NOT_READY: the BME280 has not measured")
    fine = fine_temperature(c, t)
    found = {"temperature": (fine * 5 + 128 >> 8) / 100, "pressure": pressure(c, p, fine) / 25600}
    if len(c) > 13:
        found["humidity"] = humidity(c, data[6] << 8 | data[7], fine) / 1024
    return found


# 4.2.3, with whole numbers: a 32-bit float has not the digits that the pressure needs.


def fine_temperature(c, t):
    a = ((t >> 3) - 2 * c[0]) * c[1] >> 11
    b = (t >> 4) - c[0]
    return a + ((b * b >> 12) * c[2] >> 14)


def pressure(c, raw, fine):  # in 1/256 Pa
    _, _, _, p1, p2, p3, p4, p5, p6, p7, p8, p9 = c[:12]
    d = fine - 128000
    offset = d * d * p6 + (d * p5 << 17) + (p4 << 35)
    scale = ((1 << 47) + (d * d * p3 >> 8) + (d * p2 << 12)) * p1 >> 33
    if not scale:
        raise OSError("E_SENSOR_ID: a BME280 without calibration")
    p = ((1048576 - raw << 31) - offset) * 3125 // scale
    high = p >> 13
    return (p + (p9 * high * high >> 25) + (p8 * p >> 19) >> 8) + (p7 << 4)


def humidity(c, raw, fine):  # in 1/1024 %
    h1, h2, h3, h4, h5, h6 = c[12:]
    d = fine - 76800
    gain = ((d * h6 >> 10) * ((d * h3 >> 11) + 32768) >> 10) + 2097152
    h = ((raw << 14) - (h4 << 20) - h5 * d + 16384 >> 15) * (gain * h2 + 8192 >> 14)
    h -= ((h >> 15) * (h >> 15) >> 7) * h1 >> 4
    return min(max(h, 0), 419430400) >> 12
