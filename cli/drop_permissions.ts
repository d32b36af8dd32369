/**
 * The commands that run programs: `stty` for a serial port, `socat` for the
 * terminal device of a virtual board.
 */
const RUNNING = ["deploy", "hold", "sim"];

/**
 * Gives up the permissions to run programs, to load native libraries and, with
 * them, to open devices, unless the command needs them. An executable and an
 * installed weir start with all permissions, since Deno opens a serial port with
 * nothing less. A command for alarms needs to be run as well.
 */
export function dropPermissions(
  command: string | undefined,
  { onAlarm }: { onAlarm?: unknown } = {},
): void {
  if (command !== undefined && RUNNING.includes(command)) return;
  const dropped = onAlarm === undefined
    ? ["run", "ffi"] as const
    : ["ffi"] as const;
  for (const name of dropped) {
    Deno.permissions.revokeSync({ name });
  }
}
