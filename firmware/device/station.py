# The program in its steady state: feeds the watchdog, samples, publishes, and restarts on an unhandled error.
import machine
import sys


def restart(reason, ring):
    from restart import remember
    remember(reason, ring)
    machine.reset()


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
                restart("%s: %s" % (type(e).__name__, e), writer.ring)
            raise

    return step
