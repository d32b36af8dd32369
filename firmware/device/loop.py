# The main loop, in a module of its own because a virtual board steps it from outside. Nothing may follow run().
from time import sleep_ms


def run(step, interrupted=None):
    # step() returns how many ms to sleep, or None to end. Sleeps are short: the watchdog is fed in step().
    # interrupted() is called at a Ctrl-C.
    try:
        ms = step()
        while ms is not None:
            sleep_ms(min(ms, 300))
            ms = step()
    except KeyboardInterrupt:
        if interrupted:
            interrupted()
        raise
