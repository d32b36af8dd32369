# What a restart must not lose: samples go to the flash, the reason and the number of crashes to memory that a reset spares.
import json
import machine
import os
import struct

PATH = "ring.bin"
RECORD_PATH = "weir.last"  # a file, where there is no such memory
RTC = hasattr(machine.RTC, "memory")
HOLD = b"hold"  # in the memory that a reset spares: whoever puts it there wants the prompt
HOLD_PATH = "weir.hold"


def kept():
    try:
        record = json.loads(machine.RTC().memory() if RTC else open(RECORD_PATH).read())
        return record if isinstance(record, dict) else {}
    except (OSError, ValueError):  # nothing, or not ours
        return {}


def keep(record):
    text = json.dumps(record)
    if RTC:
        machine.RTC().memory(text)
    elif kept() != record:
        try:
            with open(RECORD_PATH, "w") as f:
                f.write(text)
        except OSError:  # the flash is full
            pass


def remember(reason, ring, crashes=0):
    # `crashes`: how many there were in a row, this one among them.
    record = {"why": reason[:200], "crashes": crashes, "dropped": ring.dropped}
    if ring.length:
        try:
            if ring.changed:
                with open(PATH, "wb") as f:
                    f.write(struct.pack("<HH", ring.first, ring.length))
                    f.write(ring.data)
                    f.write(json.dumps(ring.names))
            record["ring"] = True
        except OSError:  # the flash is full: count what is lost
            record["dropped"] += ring.length
    keep(record)


def recall(writer):
    ring = writer.ring
    record = kept()
    crashes = record.get("crashes", 0)
    why = record.pop("why", None)
    # On a Pico W machine.reset() is a watchdog's reset as well; then the reason is there already.
    if not why and machine.reset_cause() == getattr(machine, "WDT_RESET", -1):
        why = "the watchdog: the program hung"
        crashes = record["crashes"] = crashes + 1
    ring.dropped = record.get("dropped", 0)
    if record.get("ring"):
        try:
            with open(PATH, "rb") as f:
                first, length = struct.unpack("<HH", f.read(4))
                if f.readinto(ring.data) == len(ring.data):
                    ring.names = json.loads(f.read())
                    ring.first, ring.length = first % ring.size, min(length, ring.size)
                    ring.kept = True
                else:  # of an older firmware
                    ring.dropped += length
        except (OSError, ValueError):
            pass
        ring.changed = False
    if why:
        writer.about["last_error"] = why
        print("Restarted after " + why)
    writer.crashes = crashes
    keep(record)


def forget(*names):
    record = kept()
    for name in names:
        record.pop(name, None)
    keep(record)


def held():
    # Once armed, the watchdog cannot be stopped: before an upload the board is restarted without it.
    if RTC:
        if machine.RTC().memory() != HOLD:
            return False
        machine.RTC().memory(b"")
    else:
        try:
            os.remove(HOLD_PATH)
        except OSError:
            return False
    print("Held at the prompt")
    return True
