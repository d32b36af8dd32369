import bh1750
import bme280
import dht
import ds18b20
import scd4x
import unittest

# Temperature and pressure: BST-BMP280-DS001, 3.12, the calibration and the raw values of its worked example.
EXAMPLE = 27504, 26435, -1000, 36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000, 0


class TestDrivers(unittest.TestCase):
    def test_bme280_computes_the_example_of_the_datasheet(self):
        fine = bme280.fine_temperature(EXAMPLE, 519888)
        self.assertEqual(fine, 128422)
        data = bytes((0x65, 0x5A, 0xC0, 0x7E, 0xED, 0x00, 0x80, 0x00))
        found = bme280.values(EXAMPLE, data)
        self.assertEqual(found["temperature"], 25.08)
        # There it is 100653.27 Pa, with floating point.
        self.assertTrue(abs(100 * found["pressure"] - 100653.27) < 0.05)
        self.assertFalse("humidity" in found)

    def test_bme280_skipped_is_no_value(self):
        with self.assertRaises(OSError):
            bme280.values(EXAMPLE, bytes((0x80, 0, 0, 0x80, 0, 0, 0x80, 0)))

    def test_bh1750_computes_the_example_of_the_datasheet(self):
        self.assertEqual(round(bh1750.lux(bytes((0b10000011, 0b10010000)))), 28067)
        with self.assertRaises(OSError):
            bh1750.lux(b"\xff\xff")

    def test_scd4x_computes_the_example_of_the_datasheet(self):
        self.assertEqual(scd4x.crc(b"\xbe\xef"), 0x92)
        found = scd4x.values(scd4x.words(bytes((0x01, 0xF4, 0x33, 0x66, 0x67, 0xA2, 0x5E, 0xB9, 0x3C))))
        self.assertEqual(found["co2"], 500)
        self.assertEqual(round(found["temperature"], 1), 25.0)
        self.assertEqual(round(found["humidity"]), 37)
        with self.assertRaises(OSError):
            scd4x.words(b"\x01\xf4\x34")

    def test_ds18b20_computes_the_table_of_the_datasheet(self):
        for raw, celsius in (
            (0x07D0, 125), (0x0550, 85), (0x0191, 25.0625), (0x00A2, 10.125), (0x0008, 0.5), (0, 0),
            (0xFFF8, -0.5), (0xFF5E, -10.125), (0xFE6F, -25.0625), (0xFC90, -55),
        ):
            self.assertEqual(ds18b20.celsius(bytes((raw & 255, raw >> 8))), celsius)

    def test_the_virtual_dht22_computes_the_examples_of_the_datasheet(self):
        d = dht.DHT22(None)
        d.buf[:] = bytes((0x02, 0x8C, 0x01, 0x5F, 0xEE))
        self.assertEqual((d.humidity(), d.temperature()), (65.2, 35.1))
        d.buf[:] = bytes((0x02, 0x8C, 0x80, 0x65, 0x73))
        self.assertEqual(d.temperature(), -10.1)
