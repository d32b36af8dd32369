/**
 * The commands that run programs: `stty` for a serial port, `socat` for the
 * terminal device of a virtual board.
 */
const RUNNING = ["deploy", "sim"];

/**
 * Gives back what a command has no use for: to run programs, to load native
 * libraries, and with that, to open devices. An executable and an installed weir
 * are started with all permissions, since Deno opens a serial port with nothing
 * less.
 *
 * @example
 * ```ts ignore
 * dropPermissions("record");
 * ```
 */
export function dropPermissions(command: string | undefined): void {
  if (command !== undefined && RUNNING.includes(command)) return;
  for (const name of ["run", "ffi"] as const) {
    Deno.permissions.revokeSync({ name });
  }
}
