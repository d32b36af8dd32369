# Joining a Wi-Fi network, with an end to the waiting and a reason.
import network
from time import sleep_ms, ticks_diff, ticks_ms

DEADLINE = 15000


class Wifi:
    def __init__(self, essid, password):
        self._join = (essid, password)
        self._wlan = network.WLAN(network.STA_IF)
        self._since = None  # when joining began
        self._up = False

    def step(self):
        # Returns whether there is a network; never waits. Raises OSError when joining took too long.
        wlan = self._wlan
        if wlan.isconnected():
            if not self._up:
                self._up = True
                print("network config: %r" % (wlan.ifconfig(),))
            self._since = None
            return True
        self._up = False
        if self._since is None:
            self._since = ticks_ms()
            wlan.active(True)
            wlan.connect(*self._join)
        elif ticks_diff(ticks_ms(), self._since) > DEADLINE:
            self._since = None
            status = wlan.status()
            wlan.disconnect()
            if status == network.STAT_WRONG_PASSWORD:
                raise OSError("E_WIFI_AUTH: wrong password for " + self._join[0])
            raise OSError("E_WIFI_AP: cannot join %s (status %s)" % (self._join[0], status))
        return False


def wifi_connect(essid, password):
    wifi = Wifi(essid, password)
    while not wifi.step():
        sleep_ms(100)


def wifi_disconnect():
    network.WLAN(network.STA_IF).disconnect()


def disable_wifi_ap():
    wlan = network.WLAN(network.AP_IF)
    wlan.active(False)
    print("Disabled access point, network status is %s" % wlan.status())
