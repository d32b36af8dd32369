import time
import unittest
from thingflow import Output, OutputThing, Scheduler, SensorAsOutputThing
import thingflow


class Sensor:
    sensor_id = "s"

    def __init__(self, values=None, takes=0):
        self.at = []
        self.values = values
        self.takes = takes

    def sample(self):
        self.at.append(time.ticks_ms())
        if self.takes:
            time.sleep_ms(self.takes)
        if self.values is None:
            return len(self.at)
        if not self.values:
            raise StopIteration
        value = self.values.pop(0)
        if isinstance(value, Exception):
            raise value
        return value


class Collect:
    def __init__(self):
        self.got = []
        self.errors = []
        self.completed = 0

    def on_next(self, x):
        self.got.append(x[2])

    def on_error(self, e):
        self.errors.append(e)

    def on_completed(self):
        self.completed += 1


def run(scheduler, ms):
    end = time.ticks_add(time.ticks_ms(), ms)
    while time.ticks_diff(end, time.ticks_ms()) > 0:
        wait = scheduler.step()
        if wait is None:
            return
        time.sleep_ms(min(wait, time.ticks_diff(end, time.ticks_ms())))


class TestScheduler(unittest.TestCase):
    def test_two_intervals_keep_their_own_time(self):
        scheduler, fast, slow = Scheduler(), Sensor(), Sensor()
        start = time.ticks_ms()
        scheduler.schedule_sensor(fast, 0.5)
        scheduler.schedule_sensor(slow, 3)
        run(scheduler, 6001)
        self.assertEqual([t - start for t in fast.at], list(range(0, 6001, 500)))
        self.assertEqual([t - start for t in slow.at], [0, 3000, 6000])

    def test_late_ticks_are_skipped_and_counted_not_caught_up(self):
        thingflow.skipped = 0
        scheduler, sensor = Scheduler(), Sensor()
        start = time.ticks_ms()
        scheduler.schedule_sensor(sensor, 2)
        run(scheduler, 2001)
        time.sleep(13)  # something else took the board's time
        run(scheduler, 4000)
        # At 4, 6, 8, 10, 12 and 14 s nobody was there: one sample makes up for all.
        self.assertEqual([t - start for t in sensor.at], [0, 2000, 15001, 16000, 18000])
        self.assertEqual(thingflow.skipped, 5)

    def test_a_sample_that_takes_long_moves_no_tick(self):
        scheduler, sensor = Scheduler(), Sensor(takes=700)
        start = time.ticks_ms()
        scheduler.schedule_sensor(sensor, 1)
        run(scheduler, 3500)
        self.assertEqual([t - start for t in sensor.at], [0, 1000, 2000, 3000])

    def test_an_error_is_told_and_the_next_sample_taken(self):
        scheduler, collect = Scheduler(), Collect()
        scheduler.schedule_sensor(Sensor([1, OSError(5), 3]), 1, collect)
        run(scheduler, 10000)
        self.assertEqual(collect.got, [1, 3])
        self.assertEqual(len(collect.errors), 1)
        self.assertEqual(collect.completed, 1)

    def test_cancel_and_disconnect(self):
        scheduler, collect = Scheduler(), Collect()
        thing = SensorAsOutputThing(Sensor())
        disconnect = thing.connect(collect)
        cancel = scheduler.schedule_periodic(thing, 1)
        run(scheduler, 1500)
        disconnect()
        run(scheduler, 1000)
        cancel()
        cancel()
        self.assertEqual(collect.got, [1, 2])
        self.assertEqual(scheduler.step(), None)

    def test_an_interval_is_checked(self):
        for bad in (0, -1, 86401):
            with self.assertRaises(ValueError):
                Scheduler().schedule_periodic(OutputThing(), bad)

    def test_sleeps_are_short_enough_for_the_watchdog(self):
        scheduler = Scheduler()
        scheduler.schedule_sensor(Sensor(), 3600)
        self.assertTrue(scheduler.step() <= 300)

    def test_the_watchdog_is_fed_before_and_after_each_sample(self):
        scheduler, log = Scheduler(), []
        scheduler.feed = lambda: log.append("feed")

        class Slow(Sensor):
            def sample(self):
                log.append("sample")
                return 1

        for _ in range(2):
            scheduler.schedule_sensor(Slow(), 5)
        scheduler.step()
        self.assertEqual(log, ["feed", "sample", "feed"] * 2)

    def test_output_prints_errors(self):
        Output().on_error(OSError("E_I2C: gone"))
        Output().on_completed()
