/** A way to a board's prompt: bytes out, bytes in. */
export interface Transport extends AsyncDisposable {
  /** What a person calls it. */
  name: string;
  /** Sends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** What comes in, as it comes; ends with the connection. */
  readable: AsyncIterable<Uint8Array>;
  /** Opens it again after it has left; tries so for `ms`. `readable` is then another. */
  reopen?(ms: number): Promise<void>;
}
