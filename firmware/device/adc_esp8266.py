# The ESP8266's ADC: a potentiometer between 0 and 1 V (0 and 3.3 V on boards with a divider).
from machine import ADC


class ADCSensor:
    # Readings from min_rd to max_rd become values from min_val to max_val.
    def __init__(self, sensor_id="adc", min_rd=0, max_rd=1024, min_val=0, max_val=1):
        self.sensor_id = sensor_id
        self._min_rd = min_rd
        self._min_val = min_val
        self._per_count = (max_val - min_val) / (max_rd - min_rd)
        self._adc = ADC(0)

    def read(self):
        return self._adc.read()

    def sample(self):
        return self._min_val + (self.read() - self._min_rd) * self._per_count
