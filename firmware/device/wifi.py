# Wi-Fi at the prompt.
import network
from link import Wifi
from time import sleep_ms


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
