# The Wi-Fi link: joins, and joins again, without ever waiting.
import network
from time import ticks_diff, ticks_ms


class Wifi:
    def __init__(self, essid, password):
        self._join = essid, password
        self._wlan = network.WLAN(network.STA_IF)
        self._since = None  # when joining began
        self.up = False

    def step(self):
        # Returns True when there is a network. Raises OSError when joining took more than 15 s.
        wlan = self._wlan
        # An ESP8266 joins the network in its flash by itself, and that may be another one.
        if wlan.isconnected() and (self.up or wlan.config("essid") == self._join[0]):
            if not self.up:
                self.up = True
                print("network config: %r" % (wlan.ifconfig(),))
            self._since = None
            return True
        self.up = False
        if self._since is None:
            self._since = ticks_ms()
            wlan.active(True)
            wlan.disconnect()
            wlan.connect(*self._join)
        elif ticks_diff(ticks_ms(), self._since) > 15000:
            self._since = None
            status = wlan.status()
            wlan.disconnect()
            what = "E_WIFI_AP: cannot join %s: not there"
            if status == network.STAT_WRONG_PASSWORD:
                what = "E_WIFI_AUTH: wrong password for %s"
            elif status != network.STAT_NO_AP_FOUND:
                what += ", or another password"
            raise OSError((what + " (%s)") % (self._join[0], status))
