# BH1750FVI: light (lux), after its datasheet (ROHM, "Digital 16bit Serial Output Type Ambient Light Sensor IC").
import machine
from time import sleep_ms

ONCE = b"\x20"  # "Instruction Set Architecture": one time H-resolution mode; it powers down by itself
MEASURING_MS = 180  # "Electrical Characteristics": the most that H-resolution mode takes


class BH1750:
    def __init__(self, sensor_id="bh1750", scl=5, sda=4, address=0x23):
        self.sensor_id = sensor_id
        i2c = getattr(machine, "SoftI2C", None) or machine.I2C
        self._i2c = i2c(scl=machine.Pin(scl), sda=machine.Pin(sda))
        self._address = address

    def sample(self):
        try:
            self._i2c.writeto(self._address, ONCE)
            sleep_ms(MEASURING_MS)
            return lux(self._i2c.readfrom(self._address, 2))
        except OSError as e:
            if isinstance(e.args[0], str):
                raise
            raise OSError("E_I2C: no answer from the sensor at 0x%02x (%r)" % (self._address, e))


def lux(data):
    count = data[0] << 8 | data[1]
    if count == 0xFFFF:
        raise OSError("E_SATURATED: too much light")
    return count / 1.2  # "Measurement sequence example"
