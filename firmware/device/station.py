# The program in its steady state: feeds the watchdog, samples, publishes, and restarts on an unhandled error.
import machine
import sys
from thingflow import background
from time import ticks_diff, ticks_ms


class Driver:
    # A sensor whose driver is made when it is first sampled, and again if it could not be: it keeps no board from starting.
    def __init__(self, sensor_id, name, options):
        self.sensor_id = sensor_id
        self._name = name
        self._options = options
        self._sensor = None

    def sample(self):
        if not self._sensor:
            module, driver = self._name.split(".")
            self._sensor = getattr(__import__(module), driver)(self.sensor_id, **self._options)
        return self._sensor.sample()


def restart(reason, ring, crashes=0):
    from restart import remember
    remember(reason, ring, crashes)
    machine.reset()


def interrupted():
    print("The watchdog restarts this board within 4 s. To keep its prompt, leave this terminal and run: weir hold")


def hold_back(scheduler, writer):
    # After a crash the next sample waits: 1, 2, 4 ... 60 s, and until the broker knows of it, but for a minute at most.
    # Ten minutes without another one, and it is forgotten.
    began = ticks_ms()
    wait = min(60000, 500 << min(writer.crashes, 7))
    scheduler.held = True

    def step():
        passed = ticks_diff(ticks_ms(), began)
        if scheduler.held and passed >= wait and (writer.reported or passed >= 60000):
            scheduler.held = False
        if passed >= 600000:
            writer.crashes = 0
            from restart import forget
            forget("crashes")
            sys.modules.pop("restart", None)
            background.remove(step)
        return 100 if scheduler.held else 1000

    background.append(step)


def stepper(scheduler, writer, watchdog):
    # `watchdog` is None when a person started the program: then an error goes to the prompt.
    def step():
        if watchdog:
            watchdog.feed()
        try:
            return scheduler.step()
        except Exception as e:
            if watchdog:
                sys.print_exception(e)
                restart("%s: %s" % (type(e).__name__, e), writer.ring, writer.crashes + 1)
            raise

    return step
