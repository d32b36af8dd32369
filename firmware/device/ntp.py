# Unix time from an NTP server (RFC 4330, SNTP), asked again every hour. Used when config.py names NTP_HOST.
import socket
import struct
import thingflow
from lookup import Lookup
from time import ticks_add, ticks_diff, ticks_ms

SINCE_1900 = 2208988800  # from NTP's epoch to Unix's (RFC 4330, 3)


class NTP:
    def __init__(self, host, port, wifi, known=None):
        self._known = known  # called when the time is known for the first time
        self._lookup = Lookup(host)
        self._port = port
        self._wifi = wifi
        self._sock = None
        self._due = ticks_ms()
        thingflow.background.append(self.step)

    def step(self):
        try:
            if self._sock:
                answer = self._sock.read(48)
                if answer and len(answer) == 48 and answer[0] & 7 == 4 and 0 < answer[1] < 16:
                    # Explicitly from one epoch to the other: the device's clock may count from 2000.
                    seconds = struct.unpack_from(">I", answer, 40)[0]
                    if seconds < 0x80000000:
                        seconds += 1 << 32  # after 2036 (RFC 4330, 3)
                    thingflow.clock()
                    offset = seconds - SINCE_1900 - thingflow.seconds
                    if abs(offset - thingflow.offset) > 1:  # less is the rest of a second, here or there
                        thingflow.offset = offset
                    if self._known:
                        self._known()
                        self._known = None
                    self._end(3600000)
                elif ticks_diff(ticks_ms(), self._due) >= 0:
                    self._end(60000)
            elif ticks_diff(ticks_ms(), self._due) >= 0:
                if not self._wifi.up:
                    return 1000
                address = self._lookup.step()
                if not address:
                    return 100
                self._due = ticks_add(ticks_ms(), 3000)
                address = socket.getaddrinfo(address, self._port)[0][-1]
                self._sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                self._sock.setblocking(False)
                self._sock.sendto(b"\x23" + bytes(47), address)  # version 4, client
        except OSError:
            self._end(60000)
        return 100 if self._sock else 1000

    def _end(self, ms):
        if self._sock:
            self._sock.close()
            self._sock = None
        self._due = ticks_add(ticks_ms(), ms)
