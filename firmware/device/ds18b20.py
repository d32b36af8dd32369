# DS18B20: temperature (°C), after its datasheet (Maxim, 19-7487). Several on one wire: the address of each is its `rom`.
# The module `onewire` is MicroPython's own: it is part of the builds for ESP8266, ESP32 and Pico W, and times the bits.
from binascii import hexlify, unhexlify
from machine import Pin
from onewire import OneWire
from time import sleep_ms

CONVERT, READ_SCRATCHPAD = 0x44, 0xBE  # "DS18B20 Function Commands"
SKIP_ROM = 0xCC
CONVERSION_MS = 750  # table 2: with 12 bits, as after power-up
POWER_UP = b"\x50\x05"  # table 1: what it reads before its first conversion


class DS18B20:
    def __init__(self, sensor_id="ds18b20", pin=14, rom=None):
        self.sensor_id = sensor_id
        self._wire = OneWire(Pin(pin))
        self._rom = rom and unhexlify(rom)

    def sample(self):
        self._select()
        self._wire.writebyte(CONVERT)
        sleep_ms(CONVERSION_MS)
        self._select()
        self._wire.writebyte(READ_SCRATCHPAD)
        data = bytes(self._wire.readbyte() for _ in range(9))
        if not any(data) or self._wire.crc8(data):
            raise OSError("E_CRC: what came from the DS18B20 is damaged")
        if data[:2] == POWER_UP:
            raise OSError("E_NOT_READY: the DS18B20 has not measured. Does it have its power?")
        return celsius(data)

    def _select(self):
        if not self._wire.reset():
            raise OSError("E_ONEWIRE: no DS18B20 on the wire")
        if self._rom:
            self._wire.select_rom(self._rom)
        else:
            self._wire.writebyte(SKIP_ROM)


def celsius(data):  # figure 4: sixteenths of a degree, two's complement
    raw = data[0] | data[1] << 8
    return (raw - 0x10000 if raw & 0x8000 else raw) / 16


def roms(pin=14):
    # At the prompt: the addresses on a wire.
    return [hexlify(rom).decode() for rom in OneWire(Pin(pin)).scan()]
