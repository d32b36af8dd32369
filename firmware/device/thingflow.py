# Sensors, the things they feed, and the scheduler that samples them.
import time
from time import ticks_add, ticks_diff, ticks_ms
from loop import run

offset = 0  # seconds from the device's clock to Unix time, once NTP knows
SLEEP_MS = 300  # the longest sleep: a sample of 1.2 s may follow it before an ESP8266's watchdog bites
skipped = 0  # samples not taken because their time had passed
background = []  # functions run in each step; each returns in how many ms it wants to run again


def number(value):
    # A driver may return anything. True and False are integers in Python.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("E_VALUE: sample() returned no number but %s" % type(value).__name__)
    return value


# The device's time, as it was when clock() was last called: an ESP8266's floats have too few digits for both in one.
seconds, millis = divmod(time.time_ns() // 1000000 if hasattr(time, "time_ns") else time.time() * 1000, 1000)
_at = ticks_ms()


def clock():
    # Goes with the ticks, which are steadier than an ESP8266's time.time(), unless somebody has set the clock. To be called
    # within six days.
    global seconds, millis, _at
    now = ticks_ms()
    millis += ticks_diff(now, _at)
    _at = now
    seconds += millis // 1000
    millis %= 1000
    if abs(time.time() - seconds) > 86400:
        seconds = time.time()


def events(sensor):
    # A sample as events (id, time, value): one, or one for each of the values that it has by name.
    clock()
    now = seconds + offset
    value = sensor.sample()
    if isinstance(value, dict):
        return [("%s/%s" % (sensor.sensor_id, name), now, number(value[name])) for name in value]
    return ((sensor.sensor_id, now, number(value)),)


class OutputThing:
    def __init__(self):
        self._things = ()

    def connect(self, thing):
        self._things += (thing,)

        def disconnect():
            self._things = tuple(t for t in self._things if t is not thing)

        return disconnect


class SensorAsOutputThing(OutputThing):
    def __init__(self, sensor):
        super().__init__()
        self.sensor = sensor

    def _observe(self):
        # Returns whether to go on. After an error the next sample is taken all the same.
        try:
            sample = events(self.sensor)
        except StopIteration:
            for thing in self._things:
                thing.on_completed()
            return False
        except Exception as e:
            for thing in self._things:
                thing.on_error(e)
            return True
        for x in sample:
            for thing in self._things:
                thing.on_next(x)
        return True


class Output:
    def on_next(self, x):
        print(x)

    def on_completed(self):
        pass

    def on_error(self, e):
        print("Error: %s" % e)


class Scheduler:
    def __init__(self):
        self.tasks = ()
        self.feed = None  # called before and after each sample, for a watchdog
        self.held = False  # while it is set no sample is taken, and the background goes on

    def schedule_periodic(self, thing, interval):
        ms = int(interval * 1000)
        if not 0 < ms <= 86400000:  # ticks_diff() is right for less than six days
            raise ValueError("interval: 0.001 to 86400 s")
        task = [thing, ms, ticks_ms()]
        self.tasks += (task,)

        def cancel():
            self._drop(task)

        return cancel

    def _drop(self, task):
        self.tasks = tuple(t for t in self.tasks if t is not task)

    def schedule_sensor(self, sensor, interval, *things):
        thing = SensorAsOutputThing(sensor)
        thing._things = things
        return self.schedule_periodic(thing, interval)

    def step(self):
        # Samples what is due, runs the background; returns how many ms to sleep, None when nothing is left.
        global skipped
        for task in self.tasks:
            late = ticks_diff(ticks_ms(), task[2])
            if late >= 0:
                missed = late // task[1]
                task[2] = ticks_add(task[2], (missed + 1) * task[1])
                skipped += missed + self.held
                if self.held:
                    continue
                if self.feed:
                    self.feed()
                if not task[0]._observe():
                    self._drop(task)
                if self.feed:
                    self.feed()
        if not self.tasks:
            return None
        wait = SLEEP_MS
        for function in background:
            wait = min(wait, function())
        for task in self.tasks:
            wait = min(wait, ticks_diff(task[2], ticks_ms()))
        return max(wait, 0)

    def run_forever(self):
        run(self.step)
