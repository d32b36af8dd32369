/** The modules of MicroPython that a board has and this build lacks, in Python, over the `_board` module. */
import dht from "./modules/dht.py" with { type: "text" };
import machine from "./modules/machine.py" with { type: "text" };
import network from "./modules/network.py" with { type: "text" };
import onewire from "./modules/onewire.py" with { type: "text" };
import ssl from "./modules/ssl.py" with { type: "text" };
import socket from "./modules/socket.py" with { type: "text" };
import time from "./modules/time.py" with { type: "text" };
import loop from "./modules/virtual_loop.py" with { type: "text" };

/** Source by module name. */
export const modules: Record<string, string> = {
  time,
  machine,
  network,
  socket,
  loop,
};

/** Modules that are there when a program imports them: they take memory only then. */
export const onDemand: Record<string, string> = { dht, onewire, ssl };

/**
 * Runs before everything else: puts the modules in place of the build's own, under their names with and without `u`,
 * and leaves the interpreter as a board starts it, in the root of its flash.
 */
export const prelude = `
import sys, os, builtins
import time as _t
builtins.__build__ = _t
del sys.modules['time']
sys.path[:] = ['/rom']
for _name in (${Object.keys(modules).map((name) => `'${name}'`).join(", ")}):
    __import__(_name)
    sys.modules['u' + _name] = sys.modules[_name]
del builtins.__build__, sys.modules['uloop']
sys.path[:] = ['', '/rom', '.frozen', '/lib']
os.chdir('/flash')
_step = sys.modules['loop'].step
_interrupt = sys.modules['loop'].interrupt
`;
