# Publishes events as [sensor_id, ts, val], keeps them while the broker is away, and keeps the board's status there.
import gc
import json
import network
import random
import sys
import thingflow
from mqtt_client import UP, text
from ring import Ring
from time import sleep_ms, ticks_add, ticks_diff, ticks_ms

DRAIN_MS = 50  # between samples that waited: 20 a second
STATUS_MS = 60000


class MQTTWriter:
    # `name` begins the client id and names the board's own topics. `wifi` is stepped before the broker is tried.
    # After `failures` in a row, `restart(reason, ring)` is called.
    def __init__(self, name, host, port, topic, user=None, password=None, qos=0, keepalive=30,
                 wifi=None, failures=0, restart=None, ring=None):
        from mqtt_connect import about, make_client
        self.client = make_client(host, port, name, keepalive, user, password)
        self.about = about(topic)
        del sys.modules["mqtt_connect"]
        self.qos = qos
        self.max_failures = failures
        self.ring = ring or Ring()
        self.station = None  # the scheduler, where there is a station
        self.errors = {}  # how many of each code
        self.failed = 0  # samples that gave no value
        self.published = 0  # samples that have left the ring for the broker
        self.last = None  # the last of them, as it was published
        self.connected = False
        self.reported = False  # whether the status has been sent since the start
        self.crashes = 0  # in a row, before this start
        self._name = name
        self._where = "%s:%s" % (host, port)
        self._topic = text(topic)
        self._wifi = wifi
        self._restart = restart
        self._failures = 0
        self._retry = None
        self._publishing = False  # whether the QoS 1 publish that is out is the oldest sample
        thingflow.background.append(self.step)
        while not (wifi or self.connected or self._failures):  # at the prompt: try once
            sleep_ms(self.step())

    def on_next(self, x):
        if not -3.4e38 < x[2] < 3.4e38:  # not finite, or no 32-bit float
            return self.on_error(ValueError("E_VALUE: %s" % x[2]))
        try:
            self.ring.push(x[0], x[1] - thingflow.offset, x[2], thingflow.millis)
        except ValueError as e:
            self.on_error(e)

    def on_error(self, e):
        self.failed += 1
        self.note(e)

    def note(self, e):
        code = str(e).split(":")[0]
        if not code.startswith("E_"):
            code = type(e).__name__
        if code not in self.errors:
            self.report()
        self.errors[code] = self.errors.get(code, 0) + 1
        print(e)

    def on_completed(self):
        pass

    def step(self):
        # Never waits; returns in how many ms to be called again.
        client = self.client
        try:
            if self._retry is not None:
                left = ticks_diff(self._retry, ticks_ms())
                if left > 0:
                    return left
                self._retry = None  # ticks must not be compared with those of a week ago
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
                self._failures = 0
            return self._drain(client)
        except OSError as e:
            return self._lost(e)

    def _lost(self, e):
        self.client.close()
        self.connected = self._publishing = False
        if not isinstance(e.args[0], str):
            e = OSError("E_MQTT_CONN: %s" % e)
        self.note(e)
        self._failures += 1
        if self._failures == self.max_failures:
            self._restart(str(e), self.ring)
        wait = min(60000, 500 << min(self._failures, 7))
        wait = wait * (128 + random.getrandbits(7)) >> 8  # half of it to all of it
        self._retry = ticks_add(ticks_ms(), wait)
        return wait

    def _drain(self, client):
        if client.inbox and not client.out:
            body = client.inbox.pop(0)
            try:
                from pull import take
                take(self, body)
            except Exception as e:
                self.note(e)
        if client.out or client.unacked:
            return 50
        ring = self.ring
        if self._publishing:
            self._publishing = False
            self._published()
        now = ticks_ms()
        if ticks_diff(now, self._due) >= 0:
            self._due = ticks_add(now, STATUS_MS)
            self.say("status", self.status(), 1)
            self.reported = True
        elif ring.length:
            left = ticks_diff(self._next, now)
            if ring.length > 1 and 0 < left <= DRAIN_MS:
                return left
            self._next = ticks_add(now, DRAIN_MS)
            name, seconds, value, ms = ring.peek(thingflow.seconds)
            self._event = "[%s, %d.%03d, %.7g]" % (json.dumps(name), seconds + thingflow.offset, ms, value)
            client.publish(self._topic, self._event, self.qos, 0)
            if self.qos:
                self._publishing = True
                return DRAIN_MS
            self._published()
        return DRAIN_MS if ring.length or client.head else 1000

    def _published(self):
        self.published += 1
        self.last = self._event
        self.ring.pop()
        if self.ring.kept:  # and must not be published again after the next restart
            self.ring.kept = False
            from restart import forget
            forget("ring")
            sys.modules.pop("restart", None)

    def say(self, kind, what, retain=0):
        # Publishes on one of the board's own topics.
        self.client.publish(text("weir/%s/%s" % (self._name, kind)), json.dumps(what), 0, retain)

    def report(self):
        # The status is sent next.
        self._due = ticks_ms()

    def status(self):
        thingflow.clock()
        return dict(
            self.about,
            free_memory=gc.mem_free(),
            rssi=network.WLAN(network.STA_IF).status("rssi"),
            errors=self.errors,
            names=self.ring.names,
            taken=self.ring.taken,
            failed=self.failed,
            time="%d.%03d" % (thingflow.seconds + thingflow.offset, thingflow.millis),
            sent=self.published,
            last=self.last,
            dropped=self.ring.dropped,
            unconfirmed=self.client.lost,
            skipped=thingflow.skipped,
            buffered=self.ring.length,
        )
