# The program: samples one sensor for ever and publishes what it reads. Started by client.py.
import json
import machine
import os
import sys
from loop import run
from mqtt_writer import MQTTWriter
from thingflow import Scheduler
from time import ticks_diff, ticks_ms
from wifi import Wifi, disable_wifi_ap

RING = "ring.bin"


def remember(reason, ring):
    # For after the restart: samples go to the flash, the reason to memory that a reset spares.
    dropped = ring.dropped
    try:
        ring.save(RING)
    except OSError:  # flash full
        dropped += ring.length
    try:
        machine.RTC().memory(json.dumps((reason[:200], dropped)))
    except AttributeError:  # a port without it
        pass


def recall(writer):
    try:
        text = machine.RTC().memory()
        if text:
            machine.RTC().memory(b"")
            writer.last_error, writer.ring.dropped = json.loads(text)
            print("Restarted after: %s" % writer.last_error)
    except (AttributeError, ValueError):
        pass
    try:
        writer.ring.load(RING)
        os.remove(RING)
    except (OSError, ValueError):
        pass


def start(at_boot):
    from settings import load
    c = load()
    for name in ("settings", "config"):
        del sys.modules[name]
    disable_wifi_ap()

    def restart(reason):
        remember("restarted after too many failures, the last: " + reason, writer.ring)
        machine.reset()

    wifi = Wifi(c["WIFI_ESSID"], c["WIFI_PASSWORD"])
    writer = MQTTWriter(c["SENSOR_ID"], c["MQTT_HOST"], c["MQTT_PORT"], c["MQTT_TOPIC"], c["MQTT_USER"],
                        c["MQTT_PASSWORD"], c["MQTT_QOS"], c["KEEPALIVE"], wifi,
                        c["MAX_FAILURES"], at_boot and restart)
    writer._sources.append(c["SENSOR_ID"])
    recall(writer)
    if c["NTP_HOST"]:
        from ntp import NTP
        host, _, port = c["NTP_HOST"].partition(":")
        NTP(host, wifi, int(port or 123))
    module, name = c["SENSOR"].split(".")
    sensor = getattr(__import__(module), name)(c["SENSOR_ID"])
    interval = c["SLEEP_TIME"]
    scheduler = Scheduler()
    scheduler.schedule_sensor(sensor, interval, writer)
    # Once armed it cannot be stopped, and would reset the board under a person at the prompt.
    watchdog = machine.WDT() if at_boot else None
    began = ticks_ms()

    def step():
        nonlocal began
        if watchdog:
            watchdog.feed()
        try:
            ms = scheduler.step()
        except Exception as e:
            sys.print_exception(e)
            if at_boot:
                remember("%s: %s" % (type(e).__name__, e), writer.ring)
                machine.reset()
            raise
        if began is not None and (writer.connected or ticks_diff(ticks_ms(), began) > 20000):
            began = None
            print("Running main loop with sample every %s seconds..." % interval)
        return ms

    run(step)
