import unittest
from adc_esp8266 import ADCSensor


class TestADC(unittest.TestCase):
    # The potentiometer stands at 512.
    def test_read_and_sample(self):
        sensor = ADCSensor("pot")
        self.assertEqual((sensor.sensor_id, sensor.read(), sensor.sample()), ("pot", 512, 0.5))

    def test_calibration(self):
        self.assertEqual(ADCSensor("pot", 100, 924, 0, 100).sample(), 50)
