/** `machine` and `network`, which MicroPython for unix has not, in as little memory as can be. */
export const UNIX_BOARD = `
import sys, gc, socket, time, select, random, json, binascii, struct, hashlib, os

class WLAN:
    def __init__(self, interface): pass
    def isconnected(self): return True
    def ifconfig(self): return ("127.0.0.1",) * 4
    def config(self, *args): return "my_wifi_sid"
    def status(self, what=0): return 5
    active = disconnect = connect = config

class network:
    STA_IF = 0
    AP_IF = 1
    WLAN = WLAN

class RTC:
    def memory(self, data=0): return b""

class I2C:
    def __init__(self, scl, sda): pass
    def readfrom_mem(self, addr, register, n): return b"\\x50"
    def readfrom_mem_into(self, addr, register, buf): buf[0], buf[2], buf[4] = 1, 0x20, 8
    def writeto_mem(self, addr, register, data): pass

class WDT:
    def feed(self): pass

class machine:
    RTC = RTC
    I2C = I2C
    WDT = WDT
    def Pin(n): return n
    def unique_id(): return b"1234"
    def reset_cause(): return 0

sys.modules["machine"] = machine
sys.modules["network"] = network
gc.collect()
taken = gc.mem_alloc()
`;
