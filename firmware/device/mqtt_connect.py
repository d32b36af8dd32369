# Sets an MQTTWriter up, and tells who the board is to the broker. Needed at start only, and then dropped from memory.
import machine
import random
from binascii import hexlify
from mqtt_client import packet
from ring import Ring

VERSION = "0.2.0"


def text(s):  # 1.5.3
    s = s.encode()
    return bytes((len(s) >> 8, len(s) & 255)) + s


def set_up(writer, name, host, port, topic, user=None, password=None, qos=0, keepalive=30,
           wifi=None, failures=0, restart=None, ring=None):
    # `name` begins the client id and names the board's own topics. `wifi` is stepped before the broker is tried.
    # After `failures` in a row, `restart(reason, ring)` is called.
    hello, writer._status, writer._topic, writer.about = introduce(name, topic, keepalive, user, password)
    if host.replace(".", "").isdigit():
        from mqtt_client import MQTTClient as Client
    else:
        from named_client import NamedClient as Client
    writer._client = Client(host, port, keepalive, hello)
    writer._where = "%s:%s" % (host, port)
    writer._qos = qos
    writer._wifi = wifi
    writer._limit = failures
    writer._restart = restart
    writer._failures = 0
    writer._retry = None
    writer._publishing = False  # whether the QoS 1 publish that is out is the oldest sample
    writer.sources = []  # sensor ids in JSON
    writer.station = None  # the sensor and its task, where there is a station
    writer.ring = ring or Ring()
    writer.errors = {}
    writer.connected = False
    writer.reported = False  # whether the status has been sent since the start
    writer.crashes = 0  # in a row, before this start


def introduce(name, topic, keepalive, user, password):
    # Returns the packets CONNECT and SUBSCRIBE, the topics for status and events, and what does not change in the status.
    status = text("weir/%s/status" % name)
    will = status + text('{"state": "offline"}')
    connect = connect_packet(name, keepalive, will, user, password)
    # SUBSCRIBE (3.8) at QoS 0; its packet id is the last that a publish takes. "*" is all boards.
    topics = b"\0".join((text("weir/%s/request" % name), text("weir/*/request"), text("weir/%s/config" % name), b""))
    return (connect, packet(0x82, b"\xff\xff" + topics)), status, text(topic), about()


def connect_packet(name, keepalive, will, user, password):
    # CONNECT (3.1): clean session, a retained will. The client id is the board's own, so that two boards of one
    # name do not throw each other off, and has 23 characters at most (3.1.3.1).
    chip = machine.unique_id()
    random.seed(int.from_bytes(chip, "big") & 0x3FFFFFFF)
    chip = hexlify(chip).decode()
    flags = 0x26
    rest = text("%s-%s" % (name[: 22 - len(chip)], chip)) + will
    if user is not None:
        flags |= 0x80
        rest += text(user)
        if password is not None:
            flags |= 0x40
            rest += text(password)
    return packet(0x10, text("MQTT") + bytes((4, flags, keepalive >> 8, keepalive & 255)) + rest)


def about():
    cause = None
    for name in ("PWRON", "HARD", "WDT", "DEEPSLEEP", "SOFT"):
        if getattr(machine, name + "_RESET", None) == machine.reset_cause():
            cause = name
            break
    return {"state": "online", "version": VERSION, "reset_cause": cause}
