/**
 * What weir may do once it is installed or compiled, and so never asks for: all
 * it could be told to do, but no programs and no native libraries.
 */
export const PERMISSIONS = [
  ...["--allow-net", "--allow-read", "--allow-write", "--allow-env"],
  ...["--allow-sys", "--no-prompt"],
];
