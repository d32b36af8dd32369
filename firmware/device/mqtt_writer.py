# Publishes events as [sensor_id, ts, val], keeps them while the broker is away, and keeps the board's status there.
import gc
import json
import machine
import network
import random
import thingflow
import time
from binascii import hexlify
from mqtt_client import MQTTClient, UP
from ring import Ring
from time import sleep_ms, ticks_add, ticks_diff, ticks_ms

VERSION = "0.1.0"
STATUS_MS = 60000
DRAIN_MS = 50  # between samples that waited: 20 a second


def reset_cause():
    for name in ("PWRON", "HARD", "WDT", "DEEPSLEEP", "SOFT"):
        if getattr(machine, name + "_RESET", None) == machine.reset_cause():
            return name


class MQTTWriter:
    # `name` begins the client id and names the status topic. `wifi` is stepped before the broker is tried;
    # `restart(reason)` is called after `failures` failures in a row.
    def __init__(self, name, host, port, topic, user=None, password=None, qos=0, keepalive=30,
                 wifi=None, failures=0, restart=None):
        chip = machine.unique_id()
        random.seed(int.from_bytes(chip, "big") & 0x3FFFFFFF)
        chip = hexlify(chip).decode()
        self._status = "weir/%s/status" % name
        self._client = MQTTClient("%s-%s" % (name[:22 - len(chip)], chip), (host, port), keepalive,
                                  (self._status, '{"state": "offline"}'), user, password)
        self._where = "%s:%s" % (host, port)
        self._topic = topic
        self._qos = qos
        self._wifi = wifi
        self._limit = failures
        self._restart = restart
        self._failures = 0
        self._backoff = 0
        self._retry = self._due = self._next = ticks_ms()
        self._sources = []
        self._publishing = False  # whether the QoS 1 publish that is out is the oldest sample
        self.ring = Ring()
        self.errors = {}
        self.last_error = None
        self.connected = False
        thingflow.background.append(self.step)
        if not wifi:
            # At the prompt: try once before going on.
            while not self.connected and not self._failures:
                sleep_ms(self.step())

    def on_next(self, x):
        if x[0] not in self._sources:
            if len(self._sources) == 4:
                raise ValueError("a writer takes 4 sensors")
            self._sources.append(x[0])
        self.ring.push(self._sources.index(x[0]), x[1] - thingflow.offset, x[2])

    def on_error(self, e):
        code = str(e).split(":")[0]
        if not code.startswith("E_"):
            code = type(e).__name__
        self.errors[code] = self.errors.get(code, 0) + 1
        print(e)
        if self.errors[code] == 1:
            self._due = ticks_ms()

    def on_completed(self):
        pass

    def step(self):
        # Never waits; returns in how many ms to be called again.
        client = self._client
        try:
            if ticks_diff(self._retry, ticks_ms()) > 0:
                return ticks_diff(self._retry, ticks_ms())
            if self._wifi and not self._wifi.step():
                if client.state:
                    raise OSError("E_WIFI_AP: network lost")
                return 100
            if not client.state:
                print("Connecting to " + self._where)
                client.open()
            client.step()
            if client.state != UP:
                return 50
            if not self.connected:
                self.connected = True
                self._due = self._next = ticks_ms()
                print("Connection successful")
            if client.confirmed:
                self._failures = self._backoff = 0
            return self._drain(client)
        except OSError as e:
            client.close()
            self.connected = self._publishing = False
            self._failures += 1
            if not isinstance(e.args[0], str):
                e = OSError("E_MQTT_CONN: %s (%r)" % (self._where, e))
            self.on_error(e)
            if self._restart and self._failures >= self._limit:
                self._restart(str(e))
            self._backoff = min(60000, self._backoff * 2 or 1000)
            wait = self._backoff * (128 + random.getrandbits(7)) >> 8  # half of it to all of it
            self._retry = ticks_add(ticks_ms(), wait)
            return wait

    def _drain(self, client):
        if client.busy():
            return 50
        if self._publishing:
            self._publishing = False
            self.ring.pop()
        now = ticks_ms()
        if ticks_diff(now, self._due) >= 0:
            self._due = ticks_add(now, STATUS_MS)
            client.publish(self._status, json.dumps(self.status()), 0, 1)
        elif self.ring.length:
            left = ticks_diff(self._next, now)
            if self.ring.length > 1 and left > 0:
                return left
            self._next = ticks_add(now, DRAIN_MS)
            source, seconds, value = self.ring.peek(time.time())
            client.publish(self._topic, "[%s, %d, %.7g]" % (
                json.dumps(self._sources[source]), seconds + thingflow.offset, value), self._qos)
            if self._qos:
                self._publishing = True
                return 50
            self.ring.pop()
        return DRAIN_MS if self.ring.length else 1000

    def status(self):
        try:
            rssi = network.WLAN(network.STA_IF).status("rssi")
        except (OSError, ValueError, TypeError):
            rssi = None
        return {
            "state": "online",
            "version": VERSION,
            "reset_cause": reset_cause(),
            "free_memory": gc.mem_free(),
            "rssi": rssi,
            "errors": self.errors,
            "dropped": self.ring.dropped,
            "unconfirmed": self._client.lost,
            "skipped": thingflow.skipped,
            "buffered": self.ring.length,
            "last_error": self.last_error,
        }
