# network, as on the ESP8266.
import _board

STA_IF = 0
AP_IF = 1
STAT_IDLE = 0
STAT_CONNECTING = 1
STAT_WRONG_PASSWORD = 2
STAT_NO_AP_FOUND = 3
STAT_CONNECT_FAIL = 4
STAT_GOT_IP = 5

_ap = [True]


class WLAN:
    def __init__(self, interface=STA_IF):
        if interface not in (STA_IF, AP_IF):
            raise ValueError("invalid interface")
        self._ap = interface == AP_IF

    def active(self, on=None):
        if self._ap:
            if on is not None:
                _ap[0] = bool(on)
            return _ap[0]
        return _board.wlan_active(-1 if on is None else int(bool(on)))

    def connect(self, essid, password=""):
        _board.wlan_connect(essid, password)

    def disconnect(self):
        _board.wlan_disconnect()

    def isconnected(self):
        return not self._ap and _board.wlan_status() == STAT_GOT_IP

    def status(self, what=None):
        if what == "rssi":
            return _board.rssi()
        return -1 if self._ap else _board.wlan_status()

    def ifconfig(self):
        if self.isconnected():
            return ("192.168.4.2", "255.255.255.0", "192.168.4.1", "192.168.4.1")
        return ("0.0.0.0",) * 4

    def config(self, *names, **values):
        if names == ("mac",):
            return b"\x02" + b"\x00" * 5
        if names in (("essid",), ("ssid",)):
            return "MicroPython" if self._ap else _board.wlan_essid()


def hostname(name=None):
    return "weir"
