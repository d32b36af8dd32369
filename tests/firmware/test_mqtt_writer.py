import json
import thingflow
import time
import unittest
from mqtt_client import UP
from mqtt_writer import MQTTWriter


class Client:
    def __init__(self):
        self.state = UP
        self.confirmed = True
        self.out = b""
        self.inbox = []
        self.head = 0
        self.unacked = 0
        self.lost = 0
        self.log = []

    def step(self):
        pass

    def publish(self, topic, payload, qos, retain):
        self.log.append((time.ticks_ms(), topic[2:].decode(), payload))


class Wifi:
    def step(self):
        return True


def writer(qos=0):
    w = MQTTWriter("lux-1", "127.0.0.1", 1, "data", qos=qos, wifi=Wifi())
    thingflow.background.clear()
    w.client = Client()
    return w


def run(w, ms):
    end = time.ticks_add(time.ticks_ms(), ms)
    while time.ticks_diff(end, time.ticks_ms()) > 0:
        time.sleep_ms(min(w.step(), time.ticks_diff(end, time.ticks_ms())))


class TestMQTTWriter(unittest.TestCase):
    def test_a_backlog_leaves_at_20_a_second(self):
        w = writer()
        for i in range(40):
            w.on_next(("lux-1", i, i))
        run(w, 1000)
        data = [t for t, topic, _ in w.client.log if topic == "data"]
        self.assertTrue(18 <= len(data) <= 20)
        self.assertTrue(all(b - a >= 50 for a, b in zip(data, data[1:])))

    def test_several_sensors_and_values(self):
        w = writer()
        for x in (("a", 1, 512), ("b\xfc\"", 2, 284.1312), ("a", 3, 0), ("c", 4, -1e-7), ("d", 5, 2e10)):
            w.on_next(x)
        run(w, 1000)
        data = [json.loads(p) for _, topic, p in w.client.log if topic == "data"]
        self.assertEqual(data, [["a", 1, 512], ["b\xfc\"", 2, 284.1312], ["a", 3, 0], ["c", 4, -1e-7], ["d", 5, 2e10]])
        for i in range(13):
            w.on_next(("e%d" % i, 6, 1))
        self.assertEqual(w.errors, {"E_VALUE": 1})

    def test_errors_are_counted_by_code(self):
        w = writer()
        w.on_error(OSError("E_I2C: gone"))
        w.on_error(OSError("E_I2C: gone"))
        w.on_error(TypeError("x"))
        self.assertEqual(w.status()["errors"], {"E_I2C": 2, "TypeError": 1})

    def test_the_status_is_sent_at_first_and_each_minute(self):
        w = writer()
        run(w, 150000)
        status = [t for t, topic, _ in w.client.log if topic == "weir/lux-1/status"]
        self.assertEqual(len(status), 3)

    def test_a_value_that_is_not_finite_is_not_published(self):
        w = writer()
        w.on_next(("a", 1, float("nan")))
        w.on_next(("a", 2, float("inf")))
        w.on_next(("a", 3, 1.0))
        run(w, 1000)
        data = [p for _, topic, p in w.client.log if topic == "data"]
        self.assertEqual(data, ['["a", 3.000, 1]'])
        self.assertEqual(w.errors, {"E_VALUE": 2})

    def test_the_status_counts_samples(self):
        w = writer()
        w.on_next(("a", 1, 1.0))
        w.on_next(("b", 2, float("nan")))
        run(w, 1000)
        w.on_next(("a", 3, 1.0))
        status = w.status()
        self.assertEqual([status[name] for name in ("taken", "failed", "sent", "buffered")], [2, 1, 1, 1])
        self.assertEqual((status["names"], status["last"]), (["a"], '["a", 1.000, 1]'))
        self.assertEqual(status["topic"], "data")

    def test_a_connection_that_lasts_weeks_goes_on_publishing(self):
        # ticks_diff() is right for 6.2 days only: no old time may be compared with now.
        w = writer()
        run(w, 1000)
        for week in range(1, 5):
            time.sleep(7 * 86400)
            w.on_next(("a", week, week))
            run(w, 1000)
            data = [int(json.loads(p)[1]) for _, topic, p in w.client.log if topic == "data"]
            self.assertEqual(data, list(range(1, week + 1)))
