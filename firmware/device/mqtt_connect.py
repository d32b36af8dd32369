# Makes the client for an MQTTWriter, and tells the broker which board it is. Needed at start only, and then dropped from memory.
import machine
import random
from binascii import hexlify
from mqtt_client import packet, text

VERSION = "0.2.0"
BOOT = random.getrandbits(30)  # before seed(): from then on the numbers are the same at each start


def make_client(host, port, name, keepalive, user, password):
    hello = connect_packet(name, keepalive, user, password), subscribe_packet(name)
    if host.replace(".", "").isdigit():
        from mqtt_client import MQTTClient as Client
    else:
        from named_client import NamedClient as Client
    return Client(host, port, keepalive, hello)


def subscribe_packet(name):
    # SUBSCRIBE (3.8) at QoS 0; its packet id is the last that a publish takes. "*" is all boards.
    topics = ("weir/%s/request" % name, "weir/*/request", "weir/%s/config" % name)
    return packet(0x82, b"\xff\xff", *[text(topic) + b"\0" for topic in topics])


def connect_packet(name, keepalive, user, password):
    # CONNECT (3.1): clean session, a retained will. The client id is the board's own, so that two boards of one
    # name do not throw each other off, and has 23 characters at most (3.1.3.1).
    chip = machine.unique_id()
    random.seed(int.from_bytes(chip, "big") & 0x3FFFFFFF)
    chip = hexlify(chip).decode()
    flags = 0x26
    rest = text("%s-%s" % (name[: 22 - len(chip)], chip))
    rest += text("weir/%s/status" % name) + text('{"state": "offline"}')
    if user is not None:
        flags |= 0x80
        rest += text(user)
        if password is not None:
            flags |= 0x40
            rest += text(password)
    return packet(0x10, text("MQTT") + bytes((4, flags, keepalive >> 8, keepalive & 255)) + rest)


def about(topic):
    # What does not change in the status. `boot` is another one after each start: counts of two are not mixed.
    cause = None
    for name in ("PWRON", "HARD", "WDT", "DEEPSLEEP", "SOFT"):
        if getattr(machine, name + "_RESET", None) == machine.reset_cause():
            cause = name
            break
    return {"state": "online", "version": VERSION, "reset_cause": cause, "boot": BOOT, "topic": topic}
