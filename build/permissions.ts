/**
 * What weir may do once it is installed or compiled: all, for Deno opens a
 * board's serial port with nothing less. Every command that needs no programs
 * gives that back at its start: commands/permissions.ts.
 */
export const PERMISSIONS = ["--allow-all", "--no-prompt"];
