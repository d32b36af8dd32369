/**
 * The permissions of an installed or compiled weir: all, since Deno opens a
 * board's serial port with nothing less. Commands that need less give them up at
 * their start: cli/drop_permissions.ts.
 */
export const PERMISSIONS = ["--allow-all", "--no-prompt"];
