/**
 * What an installed or compiled weir runs with.
 *
 * All permissions, since Deno opens a board's serial port with nothing less.
 * Commands that need less give them up at their start:
 * cli/drop_permissions.ts.
 *
 * And at most 4 MB for what is new in V8's memory: a batch fits in. Otherwise a
 * flood lets it grow to 64 MB.
 */
export const FLAGS = [
  "--allow-all",
  "--no-prompt",
  "--v8-flags=--max-semi-space-size=4",
];
