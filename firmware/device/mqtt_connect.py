# Who the board is to the broker. Needed at start only, and then dropped from memory.
import machine
import random
from binascii import hexlify
from mqtt_client import packet

VERSION = "0.1.0"


def text(s):  # 1.5.3
    s = s.encode()
    return bytes((len(s) >> 8, len(s) & 255)) + s


def introduce(name, topic, keepalive, user, password):
    # Returns the CONNECT packet, the topics for status and events, and what does not change in the status.
    status = text("weir/%s/status" % name)
    will = status + text('{"state": "offline"}')
    return connect_packet(name, keepalive, will, user, password), status, text(topic), about()


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
