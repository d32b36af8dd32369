/** The `errno` values that the board's modules raise, numbered as on Linux and on the ESP8266 port. */
export const Errno = {
  EIO: 5,
  EINTR: 4,
  EBADF: 9,
  EAGAIN: 11,
  ENODEV: 19,
  EINVAL: 22,
  ENOTCONN: 107,
  ECONNRESET: 104,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
} as const;

/** What went wrong with a connection, as the board's `socket` reports it. */
export function errnoOf(error: unknown): number {
  if (error instanceof Deno.errors.ConnectionRefused) return Errno.ECONNREFUSED;
  if (error instanceof Deno.errors.TimedOut) return Errno.ETIMEDOUT;
  if (error instanceof Deno.errors.NotFound) return Errno.EHOSTUNREACH;
  return Errno.ECONNRESET;
}
