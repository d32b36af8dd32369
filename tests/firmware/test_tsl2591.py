import machine
import time
import unittest
from tsl2591 import Tsl2591


class Bus:
    # Answers as a test wants it to.
    def __init__(self, c0=0, c1=0, valid=True, fails=0):
        self.counts = (c0, c1)
        self.valid = valid
        self.fails = fails
        self.enabled = 0

    def _use(self):
        if self.fails:
            self.fails -= 1
            raise OSError(110)

    def readfrom_mem(self, addr, register, n):
        self._use()
        return b"\x50"

    def readfrom_mem_into(self, addr, register, buf):
        self._use()
        c0, c1 = self.counts
        buf[:] = bytes((int(self.valid), c0 & 255, c0 >> 8, c1 & 255, c1 >> 8))

    def writeto_mem(self, addr, register, data):
        self._use()
        if register == 0xA0 and data[0] == 3:
            self.enabled += 1


def sensor(bus):
    s = Tsl2591("lux-1")
    s._i2c = bus
    return s


def code(s):
    try:
        return s.sample()
    except OSError as e:
        return str(e).split(":")[0]


class TestTsl2591(unittest.TestCase):
    def test_lux_is_never_negative(self):
        self.assertEqual(sensor(Bus(5000, 6000)).sample(), 0.0)
        self.assertEqual(sensor(Bus(0, 0)).sample(), 0.0)

    def test_one_channel_saturated_is_saturated(self):
        self.assertEqual(code(sensor(Bus(36863, 100))), "E_SATURATED")
        self.assertEqual(code(sensor(Bus(36863, 36863))), "E_SATURATED")

    def test_no_valid_data_is_no_reading(self):
        self.assertEqual(code(sensor(Bus(2000, 500, valid=False))), "E_I2C")

    def test_two_errors_are_survived_and_the_chip_started_again(self):
        bus = Bus(2000, 500)
        s = sensor(bus)
        s.sample()
        bus.fails = 2
        self.assertTrue(s.sample() > 0)
        self.assertEqual(bus.enabled, 2)
        bus.fails = 3
        self.assertEqual(code(s), "E_I2C")

    def test_in_steady_state_a_sample_waits_for_nothing(self):
        s = Tsl2591("lux-1")
        s.sample()
        start = time.ticks_ms()
        s.sample()
        self.assertEqual(time.ticks_diff(time.ticks_ms(), start), 0)

    def test_a_chip_that_lost_its_power_is_started_again(self):
        s = Tsl2591("lux-1")
        before = s.sample()
        s._i2c.writeto_mem(0x29, 0xA0, b"\x00")
        self.assertTrue(abs(s.sample() - before) < 1)
