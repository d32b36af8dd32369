# loop, in place of the board's own: this MicroPython frees memory only between calls from outside, so the main loop
# is stepped from outside. As on the board, nothing may follow run().
import _board

_step = _interrupted = None


def run(step, interrupted=None):
    global _step, _interrupted
    _step = step
    _interrupted = interrupted
    _board.run()


def step():
    try:
        return _step()
    except KeyboardInterrupt:
        interrupt()


def interrupt():
    if _interrupted:
        _interrupted()
    raise KeyboardInterrupt
