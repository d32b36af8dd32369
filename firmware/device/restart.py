# What a restart must not lose: samples go to the flash, the reason to memory that a reset spares.
import json
import machine
import os
import struct

PATH = "ring.bin"
HOLD = b"hold"  # in the memory that a reset spares: whoever puts it there wants the prompt
HOLD_PATH = "weir.hold"  # a file, where there is no such memory


def remember(reason, ring):
    dropped = ring.dropped
    try:
        with open(PATH, "wb") as f:
            f.write(struct.pack("<HH", ring.first, ring.length))
            f.write(ring.data)
    except OSError:  # the flash is full: count what is lost
        dropped += ring.length
        try:
            os.remove(PATH)
        except OSError:
            pass
    if hasattr(machine.RTC, "memory"):
        machine.RTC().memory(json.dumps((reason[:200], dropped)))


def recall(writer):
    ring = writer.ring
    if hasattr(machine.RTC, "memory") and machine.RTC().memory():
        try:
            writer.about["last_error"], ring.dropped = json.loads(machine.RTC().memory())
            print("Restarted after " + writer.about["last_error"])
        except ValueError:  # not ours
            pass
        machine.RTC().memory(b"")
    try:
        with open(PATH, "rb") as f:
            first, length = struct.unpack("<HH", f.read(4))
            if f.readinto(ring.data) == len(ring.data):
                ring.first, ring.length = first % ring.size, min(length, ring.size)
        os.remove(PATH)
    except (OSError, ValueError):  # nothing was kept
        pass


def held():
    # Once armed, the watchdog cannot be stopped: before an upload the board is restarted without it.
    if hasattr(machine.RTC, "memory"):
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
