# loop, in place of the board's own: this MicroPython frees memory only between calls from outside, so the main loop
# is stepped from outside. As on the board, nothing may follow run().
import _board

_step = None


def run(step):
    global _step
    _step = step
    _board.run()
