/**
 * Opens the serial port that its argument names, as a user who may not open
 * everything, and prints why that fails. A process has one user, so this one is
 * of its own.
 *
 * @module
 */
import { openTransport } from "../../firmware/deploy/open_transport.ts";

if (Deno.uid() === 0) {
  const name = Deno.build.os === "darwin" ? "libSystem.dylib" : "libc.so.6";
  const libc = Deno.dlopen(name, {
    seteuid: { parameters: ["u32"], result: "i32" },
  });
  if (libc.symbols.seteuid(65_534) !== 0) throw new Error("seteuid");
}
await openTransport(Deno.args[0]).then(
  () => console.log("It opened."),
  (error) => console.log(error.message),
);
