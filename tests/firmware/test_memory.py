import gc
import mqtt_client
import mqtt_writer
import thingflow
import unittest
from mqtt_client import UP
from mqtt_writer import MQTTWriter
from thingflow import Scheduler
from tsl2591 import Tsl2591

# Only the firmware's own memory is to be counted: clock, bus and socket of this test take none.
now = 0


def ticks_ms():
    return now


def ticks_diff(end, start):
    return end - start


def ticks_add(ticks, ms):
    return ticks + ms


class Time:
    @staticmethod
    def time():
        return 600


class Bus:
    def readfrom_mem(self, addr, register, n):
        return b"\x50"

    def readfrom_mem_into(self, addr, register, buf):
        buf[0] = 1
        buf[2] = 0x20
        buf[4] = 0x08

    def writeto_mem(self, addr, register, data):
        pass


class Socket:
    def write(self, data):
        return len(data)

    def readinto(self, buf):
        return None


class Wifi:
    def step(self):
        return True


class TestMemory(unittest.TestCase):
    def test_a_sample_from_light_to_socket_takes_less_than_650_bytes(self):
        global now
        writer = MQTTWriter("lux-1", "127.0.0.1", 1, "sensor-data", wifi=Wifi())
        for module in (thingflow, mqtt_client, mqtt_writer):
            module.ticks_ms, module.ticks_diff, module.ticks_add = ticks_ms, ticks_diff, ticks_add
        mqtt_writer.time = thingflow.time = Time
        sensor = Tsl2591("lux-1")
        sensor._i2c = Bus()
        client = writer.client
        client._sock = Socket()
        client.out = b""
        client.head = client.unacked = 0
        client._marked = None
        client.confirmed = True
        client._go(UP)
        scheduler = Scheduler()
        scheduler.schedule_sensor(sensor, 1, writer)
        for _ in range(5):
            scheduler.step()
            now += 1000
        used = []
        sent = client._sent
        for _ in range(5):
            before = gc.mem_alloc()
            scheduler.step()
            used.append(gc.mem_alloc() - before)
            now += 1000
        print(used)
        self.assertEqual(client._sent - sent, 5)
        self.assertTrue(max(used) < 650)
