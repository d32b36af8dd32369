/** A name server for virtual boards: answers queries for IPv4 addresses (RFC 1035, 4.1). */

/** QR, RD and RA (4.1.1), and what went wrong. */
const FLAGS = 0x8180;
const NXDOMAIN = 3;

/** The name that a query asks for (3.1, 4.1.2), and where its question ends. */
function question(query: Uint8Array): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  while (query[at]) {
    const label = query.subarray(at + 1, at + 1 + query[at]);
    labels.push(new TextDecoder().decode(label));
    at += 1 + query[at];
  }
  return { name: labels.join("."), end: at + 5 };
}

/** The answer to a query. `resolve` gives the address of a name, or undefined if there is none. */
export async function answerQuery(
  query: Uint8Array,
  resolve: (name: string) => Promise<string | undefined>,
): Promise<Uint8Array> {
  const { name, end } = question(query);
  const address = await resolve(name);
  const flags = address ? FLAGS : FLAGS | NXDOMAIN;
  const head = [query[0], query[1], flags >> 8, flags & 255];
  const counts = [0, 1, 0, address ? 1 : 0, 0, 0, 0, 0];
  // The name by a pointer to the question (4.1.4), A, IN, 60 s, 4 bytes.
  const answer = address
    ? [
      0xc0,
      12,
      0,
      1,
      0,
      1,
      0,
      0,
      0,
      60,
      0,
      4,
      ...address.split(".").map(Number),
    ]
    : [];
  return Uint8Array.of(
    ...head,
    ...counts,
    ...query.subarray(12, end),
    ...answer,
  );
}
