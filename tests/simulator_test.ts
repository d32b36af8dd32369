import assert from "node:assert/strict";
import { lux, startBoard } from "../firmware/simulator/mod.ts";
import { LEAPING, startStation } from "./helpers/virtual_boards.ts";
import { freePort } from "./helpers/mosquitto.ts";

/** Resolves when the board has booted so often. */
async function booted(
  board: Awaited<ReturnType<typeof startBoard>>,
  times: number,
) {
  await board.waitFor(() => board.boots.length >= times);
}

/** Resets the board in some way, and waits for the prompt after it. */
async function again(
  board: Awaited<ReturnType<typeof startBoard>>,
  reset: () => void,
) {
  const from = board.output.length;
  const times = board.boots.length + 1;
  reset();
  await booted(board, times);
  await board.waitFor(/>>> $/, from);
}

Deno.test("A virtual board has the REPL of MicroPython", async () => {
  await using board = await startBoard();
  assert.equal(await board.repl("1 + 1"), "2");
  assert.match(await board.repl("1 / 0"), /ZeroDivisionError: divide by zero$/);
  assert.equal(await board.repl("print('\\xfcber')"), "\xfcber");
});

Deno.test("Ctrl-C ends a sleep, and what is typed after it is not lost", async () => {
  await using board = await startBoard();
  await board.repl("import time");
  const from = board.output.length;
  board.type("time.sleep(1000)\r");
  await board.waitFor("time.sleep(1000)", from);
  board.type("\x03print('still', 'here')\r");
  await board.waitFor(/KeyboardInterrupt[^]*\nstill here/, from);
});

Deno.test("Files stay over a reset and a power cycle, variables do not", async () => {
  await using board = await startBoard();
  await board.repl("import machine; x = 1");
  await board.repl("f = open('a.txt', 'w'); f.write('kept'); f.close()");
  board.type("machine.reset()\r");
  await booted(board, 2);
  assert.match(await board.repl("x"), /NameError/);
  assert.equal(await board.repl("open('a.txt').read()"), "'kept'");
  board.faults.powerCycle();
  await booted(board, 3);
  board.type("\x04");
  await booted(board, 4);
  assert.equal(await board.repl("open('a.txt').read()"), "'kept'");
  assert.deepEqual(board.boots, [0, 6, 0, 4]);
  const files = await board.stop();
  assert.equal(new TextDecoder().decode(files["a.txt"]), "kept");
});

Deno.test("A board survives being reset over and over", async () => {
  await using board = await startStation(freePort());
  for (let boots = 2; boots <= 25; boots++) {
    await board.waitFor(() =>
      board.output.split("Connecting to").length >= boots
    );
    board.faults.powerCycle();
    await board.waitFor(() => board.boots.length === boots);
  }
});

Deno.test("boot.py and main.py run at boot, and an error in them leads to the prompt", async () => {
  await using board = await startBoard({
    files: {
      "boot.py": "print('boot', __name__)",
      "main.py": "print('main', __name__)\n1 / 0",
    },
  });
  const output = await board.waitFor(/>>> $/);
  assert.match(output, /^boot __main__\r?\nmain __main__\r?\nTraceback/);
  assert.match(output, /File "main.py", line 2.*\r?\nZeroDivisionError/);
});

Deno.test("The watchdog bites a program 1.6 s after the last feed, in a sleep too", async () => {
  await using board = await startBoard({ clock: LEAPING });
  await board.repl("import machine, time; w = machine.WDT()");
  assert.equal(
    await board.repl("time.sleep(1.5); w.feed(); time.sleep(1.5)"),
    "",
  );
  await board.repl("w.feed()");
  board.type("time.sleep(1.7)\r");
  await booted(board, 2);
  assert.deepEqual(board.boots, [0, 1]);
});

Deno.test("The watchdog bites a program that waits by looking at the time", async () => {
  await using board = await startBoard();
  await board.repl("import machine, time; w = machine.WDT()");
  board.type("while True: time.ticks_ms()\r\r\r");
  await booted(board, 2);
  assert.deepEqual(board.boots, [0, 1]);
});

Deno.test("A full flash refuses what does not fit, and keeps what is there", async () => {
  await using board = await startBoard({ files: { "a.txt": "0123456789" } });
  board.faults.flashFull(20);
  await board.repl("f = open('b.txt', 'w')");
  assert.match(await board.repl("f.write('x' * 100); f.flush()"), /OSError/);
  assert.equal(await board.repl("open('a.txt').read()"), "'0123456789'");
  board.faults.flashFull(undefined);
  assert.equal(await board.repl("f.write('x' * 100)"), "100");
});

Deno.test("On I²C there are a BH1750, an SCD4x, a BME280 and a TSL2591, at register level", async () => {
  await using board = await startBoard({
    light: { kind: "constant", lux: 100 },
    clock: LEAPING,
  });
  await board.repl("from machine import I2C, Pin");
  await board.repl("import time");
  await board.repl("i = I2C(scl=Pin(5), sda=Pin(4))");
  assert.equal(await board.repl("i.scan()"), "[35, 41, 98, 118]");
  assert.equal(await board.repl("i.readfrom_mem(41, 0xb2, 1)"), "b'P'");
  // Without PON and AEN there is no valid data, nor before one integration is over.
  assert.equal(await board.repl("i.readfrom_mem(41, 0xb3, 1)"), "b'\\x00'");
  await board.repl("i.writeto_mem(41, 0xa0, b'\\x03')");
  assert.equal(await board.repl("i.readfrom_mem(41, 0xb3, 1)"), "b'\\x00'");
  await board.repl("time.sleep_ms(120)");
  // 100 lux, gain 1, 100 ms: 100 * 100 / 408 / 0.75 ** 2 = 44 counts, a quarter of it infrared.
  assert.equal(
    await board.repl("list(i.readfrom_mem(41, 0xb3, 5))"),
    "[1, 44, 0, 11, 0]",
  );
  assert.match(await board.repl("i.readfrom(0x30, 1)"), /ENODEV/);
  assert.match(
    await board.repl("I2C(scl=Pin(4), sda=Pin(5)).readfrom(41, 1)"),
    /ENODEV/,
  );
  board.faults.i2c(1);
  assert.match(await board.repl("i.readfrom(41, 1)"), /OSError/);
  assert.equal(await board.repl("len(i.readfrom(41, 1))"), "1");
});

Deno.test("Sockets carry bytes over TCP, and their timeouts are those asked for", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = (async () => {
    const peer = await listener.accept();
    const buffer = new Uint8Array(100);
    const count = await peer.read(buffer);
    await peer.write(buffer.subarray(0, count!).reverse());
    return peer;
  })();
  await using board = await startBoard();
  await board.repl("import network, socket, time");
  await board.repl("s = socket.socket()");
  const connect = `s.connect(('127.0.0.1', ${listener.addr.port}))`;
  assert.match(await board.repl(connect), /EHOSTUNREACH/);
  await board.repl("w = network.WLAN(network.STA_IF); w.active(True)");
  await board.repl("w.connect('my_wifi_sid', 'my_wifi_password')");
  await board.repl("while not w.isconnected(): time.sleep_ms(50)\r");
  assert.equal(await board.repl(connect), "");
  assert.equal(await board.repl("s.send(bytes([0, 1, 255]))"), "3");
  assert.equal(await board.repl("s.recv(10)"), "b'\\xff\\x01\\x00'");
  await board.repl("s.settimeout(0.2)");
  assert.match(await board.repl("s.recv(1)"), /ETIMEDOUT/);
  await board.repl("s.setblocking(False)");
  assert.match(await board.repl("s.recv(1)"), /EAGAIN/);
  assert.equal(await board.repl("print(s.read(1))"), "None");
  (await served).close();
  await board.repl("s.setblocking(True)");
  assert.equal(await board.repl("s.recv(1)"), "b''");
  assert.match(
    await board.repl("socket.socket().connect(('127.0.0.1', 1))"),
    /ECONNREFUSED/,
  );
});

Deno.test("Wi-Fi joins the right network with the right password only", async () => {
  await using board = await startBoard({ clock: LEAPING });
  await board.repl("import network, time");
  await board.repl("w = network.WLAN(network.STA_IF); w.active(True)");
  const join = (essid: string, password: string) =>
    board.repl(
      `w.connect('${essid}', '${password}'); time.sleep(3); w.status()`,
    );
  assert.equal(await join("my_wifi_sid", "wrong"), "2");
  assert.equal(await join("another", "my_wifi_password"), "3");
  assert.equal(await join("my_wifi_sid", "my_wifi_password"), "5");
  board.faults.wifi(true);
  assert.equal(await board.repl("w.isconnected()"), "False");
  board.faults.wifi(false);
  assert.equal(await board.repl("time.sleep(2); w.isconnected()"), "True");
});

Deno.test("An ESP8266 joins the network in its flash at boot, and no soft reset touches the Wi-Fi", async () => {
  const home = { essid: "home", password: "sesame opens" };
  const next = { essid: "next door", password: "open sesame" };
  await using board = await startBoard({
    clock: LEAPING,
    wifi: [home, next],
    storedWifi: next,
  });
  await board.repl("import network, time");
  await board.repl("w = network.WLAN(network.STA_IF); time.sleep(1)");
  const joined = () => board.repl("w.isconnected(), w.config('essid')");
  assert.equal(await joined(), "(True, 'next door')");
  await board.repl("w.connect('home', 'sesame opens'); time.sleep(1)");
  assert.equal(await joined(), "(True, 'home')");
  await again(board, () => board.type("\x04"));
  await board.repl("import network; w = network.WLAN(network.STA_IF)");
  assert.equal(await joined(), "(True, 'home')");
  await board.repl("w.disconnect()");
  await again(board, () => board.type("\x04"));
  await board.repl("import network; w = network.WLAN(network.STA_IF)");
  assert.equal(await joined(), "(False, 'home')");
  await again(board, board.faults.reset);
  await board.repl("import network, time; w = network.WLAN(network.STA_IF)");
  await board.repl("time.sleep(1)");
  assert.equal(await joined(), "(True, 'home')");
  assert.deepEqual(board.boots, [0, 4, 4, 6]);
});

Deno.test("A radio may not say why it cannot join", async () => {
  await using board = await startBoard({ clock: LEAPING });
  board.faults.vagueWifi(true);
  await board.repl("import network, time");
  await board.repl("w = network.WLAN(network.STA_IF); w.active(True)");
  await board.repl("w.connect('my_wifi_sid', 'wrong'); time.sleep(20)");
  assert.equal(
    await board.repl("w.status() == network.STAT_CONNECTING"),
    "True",
  );
});

Deno.test("Looking up a name can block until the watchdog bites; an address never does", async () => {
  await using board = await startBoard({ clock: LEAPING });
  await board.repl("import network, machine, socket, time");
  await board.repl("w = network.WLAN(network.STA_IF); w.active(True)");
  await board.repl("w.connect('my_wifi_sid', 'my_wifi_password')");
  await board.repl("time.sleep(1)");
  const took = "t = time.ticks_ms(); _ = socket.getaddrinfo(h, 1883); " +
    "print(time.ticks_diff(time.ticks_ms(), t))";
  await board.repl("h = 'localhost'");
  board.faults.dns(8000);
  assert.equal(await board.repl(took), "8000");
  board.faults.dns(Infinity);
  await board.repl("h = '127.0.0.1'");
  assert.equal(await board.repl(took), "0");
  await board.repl("machine.WDT()");
  board.type("socket.getaddrinfo('localhost', 1883)\r");
  await booted(board, 2);
  assert.deepEqual(board.boots, [0, 1]);
});

Deno.test("What is written on the flash is counted", async () => {
  await using board = await startBoard({ files: { "a.txt": "before" } });
  assert.deepEqual(board.wear, { files: 0, bytes: 0 });
  await board.repl(
    "f = open('b', 'w'); f.write('12345'); f.write('6'); f.close()",
  );
  assert.deepEqual(board.wear, { files: 1, bytes: 6 });
  await board.repl("f = open('b', 'a'); f.write('7'); f.close()");
  assert.deepEqual(board.wear, { files: 2, bytes: 7 });
});

Deno.test("Ctrl-D in the raw REPL restarts MicroPython there, without main.py; lines end in CR LF", async () => {
  await using board = await startBoard({
    files: {
      "boot.py": "print('boot')",
      "main.py": "print('main\\nof two lines')",
    },
  });
  await board.waitFor("boot\r\nmain\r\nof two lines\r\n");
  await board.waitFor(/>>> $/);
  const from = board.output.length;
  board.type("\x01");
  await board.waitFor("raw REPL; CTRL-B to exit\r\n>", from);
  board.type("\x04");
  await board.waitFor(
    "OK\r\nMPY: soft reboot\r\nboot\r\n\r\nraw REPL; CTRL-B to exit\r\n>",
    from,
  );
  board.type("print(1)\x04");
  await board.waitFor("OK1\r\n\x04\x04>", from);
  board.type("\x02");
  await board.waitFor(/>>> $/, from);
  board.type("\x04");
  await board.waitFor(/MPY: soft reboot\r\nboot\r\nmain/, from);
  assert.doesNotMatch(board.output, /[^\r]\n/);
});

Deno.test("Ticks begin at a hard reset, and go on over a soft one", async () => {
  await using board = await startBoard({ clock: LEAPING });
  await board.repl("import time; time.sleep(100)");
  await again(board, () => board.type("\x04"));
  assert.equal(await board.repl("import time; time.ticks_ms()"), "100000");
  await again(board, board.faults.reset);
  assert.equal(await board.repl("import time; time.ticks_ms()"), "0");
});

Deno.test("Leaping time lets a week pass at once, and ticks wrap as on the board", async () => {
  await using board = await startBoard({ clock: LEAPING });
  await board.repl("import time; a = time.ticks_ms()");
  await board.repl("time.sleep(7 * 86400)");
  assert.equal(await board.repl("time.time()"), "604800");
  await board.repl("time.sleep(7 * 86400)");
  // 14 days are more than 2 ** 30 ms.
  assert.equal(
    await board.repl("time.ticks_ms()"),
    `${14 * 86_400_000 - 2 ** 30}`,
  );
  assert.equal(await board.repl("time.gmtime()[:3]"), "(2000, 1, 15)");
});

Deno.test("A board can be switched off whatever it is doing", async () => {
  const boards = await Promise.all(
    Array.from({ length: 3 }, () => startBoard()),
  );
  await boards[1].repl("import time");
  boards[1].type("time.sleep(1000)\r");
  boards[2].type("import time\rwhile True: time.sleep_ms(0)\r\r");
  await boards[2].waitFor("while True");
  await Promise.all(boards.map((board) => board.stop()));
});

Deno.test("An abort signal switches a board off", async () => {
  const ending = new AbortController();
  const board = await startBoard({ signal: ending.signal });
  ending.abort();
  await board.off;
});

Deno.test("lux() is the same for the same time, and each scenario is what it says", () => {
  const day = { kind: "day", seed: 3 } as const;
  assert.equal(lux(day, 1234.5), lux(day, 1234.5));
  assert.notEqual(lux(day, 20_000), lux({ kind: "day", seed: 4 }, 20_000));
  // Starting at 0.3 of a day, midnight is 0.7 days later.
  assert.equal(lux(day, 0.7 * 86_400), 0.5);
  assert.ok(lux(day, 0.2 * 86_400) > 300);
  const lamp = { kind: "lamp", at: 60, until: 90, dark: 5, lux: 400 } as const;
  assert.deepEqual([59, 60, 89, 90].map((t) => lux(lamp, t)), [5, 400, 400, 5]);
  const left = { ...lamp, until: undefined };
  assert.deepEqual([59, 60, 1000].map((t) => lux(left, t)), [5, 400, 400]);
});
