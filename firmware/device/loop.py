# The main loop, in a module of its own because a virtual board steps it from outside. Nothing may follow run().
from time import sleep_ms


def run(step):
    # step() returns how many ms to sleep, or None to end. Sleeps are short: the watchdog is fed in step().
    ms = step()
    while ms is not None:
        sleep_ms(min(ms, 300))
        ms = step()
