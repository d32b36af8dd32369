# DHT11 and DHT22 (AM2302): temperature (°C) and humidity (%), after Aosong's datasheets. The DHT22 measures every 2 s at most.
# The module `dht` is MicroPython's own: it is part of the builds for ESP8266, ESP32 and Pico W, times the pulses, and
# compares the checksum.
import dht
from machine import Pin


class DHT22:
    _driver = dht.DHT22

    def __init__(self, sensor_id="dht22", pin=14):
        self.sensor_id = sensor_id
        self._dht = self._driver(Pin(pin))

    def sample(self):
        try:
            self._dht.measure()
        except OSError as e:
            raise OSError("E_DHT: no answer from the sensor (%r)" % e)
        except Exception:
            raise OSError("E_CRC: what came from the sensor is damaged")
        return {"temperature": self._dht.temperature(), "humidity": self._dht.humidity()}


class DHT11(DHT22):
    _driver = dht.DHT11
