# time, as on the ESP8266: whole seconds since 2000, and ticks that wrap.
import _board

_PERIOD = 1 << 30
_TO_UNIX = 946684800  # seconds from 1970 to 2000
_build = __build__


def _check(result):
    if result < 0:
        if result == -4:
            raise KeyboardInterrupt
        raise OSError(-result)
    return result


def sleep_ms(ms):
    _check(_board.sleep(ms))


def sleep(seconds):
    _check(_board.sleep(int(seconds * 1000)))


def sleep_us(us):
    _check(_board.sleep(us / 1000))


def ticks_ms():
    return _board.ticks()


def ticks_us():
    return (_board.ticks() * 1000) % _PERIOD


ticks_cpu = ticks_us


def ticks_add(ticks, delta):
    return (ticks + delta) % _PERIOD


def ticks_diff(end, start):
    return (end - start + _PERIOD // 2) % _PERIOD - _PERIOD // 2


def time():
    return _board.seconds()


def time_ns():
    return int(_board.milliseconds()) * 1000000


def gmtime(seconds=None):
    if seconds is None:
        seconds = time()
    return _build.gmtime(seconds + _TO_UNIX)


localtime = gmtime


def mktime(t):
    return int(_build.mktime(t)) - _TO_UNIX
