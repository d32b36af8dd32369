# Puts the station together from config.py. Not needed afterwards, and dropped from memory, with all that only it needs.
import gc
import sys
from ring import Ring

ring = Ring()  # first, while the heap has 2.5 KB in one piece
# Then what stays, the largest first. Collected in between: what it took to compile one is there for the next.
for name in ("mqtt_client", "mqtt_writer", "thingflow", "station"):
    __import__(name)
    gc.collect()

import machine
import network
import station
from link import Wifi
from mqtt_writer import MQTTWriter
from thingflow import Scheduler, background
from time import ticks_diff, ticks_ms


def once(module, function, *args):
    # Calls what is needed once only, and drops its module from memory.
    result = getattr(__import__(module), function)(*args)
    del sys.modules[module]
    gc.collect()
    return result


def start(at_boot):
    # Returns two functions for the main loop: its step, and what to do at a Ctrl-C.
    if at_boot and once("restart", "held"):
        return lambda: None, None
    c = once("settings", "load")
    del sys.modules["config"]
    once("wifi", "disable_wifi_ap")
    wifi = Wifi(c["WIFI_ESSID"], c["WIFI_PASSWORD"])
    name, topic, interval = c["SENSOR_ID"], c["MQTT_TOPIC"], c["SLEEP_TIME"]
    gate = tls = None
    if c["MQTT_TLS"]:
        import tls_socket as tls
        gate = tls.WifiAndTime(wifi)
    writer = MQTTWriter(name, c["MQTT_HOST"], c["MQTT_PORT"], topic, c["MQTT_USER"], c["MQTT_PASSWORD"],
                        c["MQTT_QOS"], c["KEEPALIVE"], gate or wifi, at_boot and c["MAX_FAILURES"], station.restart, ring)
    if tls:
        writer.client.secure = tls.wrapper(c["MQTT_HOST"], c["MQTT_CA"])
    gc.collect()
    once("restart", "recall", writer)
    if c["NTP_HOST"]:
        from ntp import NTP
        NTP(c["NTP_HOST"], c["NTP_PORT"], wifi, tls and (lambda: tls.set_clock(ring)))
    scheduler = Scheduler()
    if writer.crashes:
        station.hold_back(scheduler, writer)
    for sensor in c["SENSORS"]:
        scheduler.schedule_sensor(station.Driver(*sensor), interval, writer)
    writer.station = scheduler
    began = ticks_ms()

    def announce():
        if not writer.connected and ticks_diff(ticks_ms(), began) < 20000:
            return 100
        print("Running main loop with sample every %s seconds..." % interval)
        background.remove(announce)
        return 1000

    background.append(announce)

    def published():
        if writer.published:
            print("On the Wi-Fi network " + network.WLAN(network.STA_IF).config("essid"))
            print("First sample published to " + topic)
            background.remove(published)
        return 1000

    if at_boot:
        background.append(published)
    # Once armed it cannot be stopped, and would reset the board under a person at the prompt.
    watchdog = machine.WDT() if at_boot else None
    scheduler.feed = watchdog and watchdog.feed
    step = station.stepper(scheduler, writer, watchdog)
    del sys.modules["start"]
    return step, watchdog and station.interrupted
