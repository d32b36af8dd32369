# Answers the host's requests, and takes configuration from it. Loaded for one message, and then dropped from memory.
import json
import machine
import sys
import thingflow
from restart import remember
from time import ticks_add, ticks_diff, ticks_ms

CHANGEABLE = ("SLEEP_TIME", "MQTT_QOS", "MAX_FAILURES")
RESET_MS = 1000  # the answer leaves first


def take(writer, message):
    # `message`: its topic, with the topic's length before it, and its payload.
    try:
        end = 2 + (message[0] << 8 | message[1])
        kind = bytes(message[2:end]).decode().split("/")[-1]
        payload = bytes(message[end:])
        (configure if kind == "config" else answer)(writer, payload)
    finally:
        for name in ("pull", "restart", "settings", "config"):
            sys.modules.pop(name, None)


def answer(writer, payload):
    reply = {"id": None}
    try:
        request = read(payload)
        reply["id"] = request.get("id")
        reply["reply"] = do(writer, request.get("request"))
    except Exception as e:
        reply["error"] = str(e) or type(e).__name__
    writer.say("reply", reply)


def do(writer, request):
    if request == "ping":
        return "pong"
    if request == "sample":
        if not writer.station:
            raise ValueError("no station runs here, so there is no sensor to ask")
        found = []
        for task in writer.station.tasks:
            if writer.station.feed:
                writer.station.feed()
            found += thingflow.events(task[0].sensor)
        return found[0] if len(found) == 1 else found
    if request == "info":
        version = ".".join(str(n) for n in sys.implementation.version[:3])
        sensors = [task[0].sensor.sensor_id for task in writer.station.tasks] if writer.station else []
        return dict(writer.status(), platform=sys.platform, micropython=version, sensors=sensors)
    if request == "reset":
        began = ticks_ms()

        def reset():
            left = RESET_MS - ticks_diff(ticks_ms(), began)
            if left <= 0:
                remember("a reset that was asked for", writer.ring)
                machine.reset()
            return left

        thingflow.background.append(reset)
        return "restarts"
    raise ValueError("no such request: sample, ping, info or reset")


def configure(writer, payload):
    # What is not named, or not valid, is as config.py says. Told in the status.
    applied = {}
    refused = {}
    try:
        given = read(payload) if payload else {}
        if not writer.station:
            raise ValueError("no station runs here")
        from settings import load, problem
        settings = load()
        for name in given:
            value = given[name]
            what = problem(name, value) if name in CHANGEABLE else "is set in config.py on the board only"
            if what:
                refused[name] = what
            else:
                applied[name] = settings[name] = value
        ms = int(settings["SLEEP_TIME"] * 1000)
        for task in writer.station.tasks:
            if task[1] != ms:
                task[1] = ms
                task[2] = ticks_add(ticks_ms(), ms)
        writer.qos = settings["MQTT_QOS"]
        writer.max_failures = writer.max_failures and settings["MAX_FAILURES"]
    except (ValueError, ImportError) as e:
        refused["*"] = str(e)
    writer.about["config"] = applied
    writer.about["refused"] = refused
    writer.report()
    print("Configuration from the host: %s, refused: %s" % (json.dumps(applied), json.dumps(refused)))


def read(payload):
    try:
        message = json.loads(payload)
    except ValueError:
        message = None
    if not isinstance(message, dict):
        raise ValueError("not a JSON object")
    return message
