# TLS to the broker, if config.py has MQTT_TLS: MicroPython 1.22 and later, and not on an ESP8266.
import machine
import ssl
import struct
import thingflow
import time
from time import ticks_diff, ticks_ms

CLOCK_MS = 30000  # how long a time server may take


def is_clock_set():
    # mbedtls compares the dates of a certificate with the device's clock, which begins in 1970, 2000 or 2021.
    return time.gmtime()[0] > 2024


class TLSSocket:
    # Over a socket that is connected and does not block. The first writes and reads make the handshake, bit by bit.
    def __init__(self, sock, context, host):
        self._plain = sock
        self._begun = b""  # mbedtls may have encrypted it already, and wants to be given the same again
        self._sock = context.wrap_socket(sock, do_handshake_on_connect=False, server_hostname=host)

    def write(self, data):
        # What was begun is at the beginning of `data`.
        data = self._begun or data
        n = self._do(self._sock.write, data)
        self._begun = data[n or 0:]
        return n

    def readinto(self, buf):
        return self._do(self._sock.readinto, buf)

    def close(self):
        self._sock.close()
        self._plain.close()  # after a handshake that failed, the TLS socket has let go of it

    def _do(self, function, data):
        try:
            return function(data)
        except ValueError as e:
            raise OSError("E_TLS: the broker is not trusted: " + str(e).strip())
        except OSError as e:
            if e.args[0] < 0:  # an error of mbedtls, and not of the network
                raise OSError("E_TLS: %s" % (e.args[1] if len(e.args) > 1 else e))
            raise


def wrapper(host, ca):
    # Returns a function that puts TLS over a socket. `ca`: the file of the certificate that the broker's is signed with.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_mode = ssl.CERT_REQUIRED
    with open(ca, "rb") as f:
        context.load_verify_locations(cadata=f.read())
    return lambda sock: TLSSocket(sock, context, host)


class WifiAndTime:
    # Stands before the broker in the place of the Wi-Fi: there is a network, and the clock is set.
    def __init__(self, wifi):
        self._wifi = wifi
        self._since = None

    def step(self):
        if not self._wifi.step():
            return False
        if is_clock_set():
            return True
        if self._since is None:
            self._since = ticks_ms()
        elif ticks_diff(ticks_ms(), self._since) > CLOCK_MS:
            self._since = None
            raise OSError("E_TLS: the time is not known yet, and a certificate has dates: NTP_HOST does not answer")
        return False


def set_clock(ring):
    # Sets the device's clock, and with it the times of the samples that wait.
    if is_clock_set():
        return
    before = time.time()
    to_unix = 946684800 if time.gmtime(0)[0] == 2000 else 0
    t = time.gmtime(before + thingflow.offset - to_unix)
    machine.RTC().datetime((t[0], t[1], t[2], t[6], t[3], t[4], t[5], 0))
    jump = time.time() - before
    thingflow.offset -= jump
    thingflow.seconds += jump
    for i in range(ring.length):
        at = 10 * ((ring.first + i) % ring.size)
        word = struct.unpack_from("<I", ring.data, at)[0]
        struct.pack_into("<I", ring.data, at, word & 0xF0000000 | word + jump & 0xFFFFFFF)
    ring.changed = True
