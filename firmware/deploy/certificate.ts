/** The certificate by which a board knows its broker: read on the host, checked, and put into the form that boards take. */
import { X509Certificate } from "node:crypto";
import { WeirError } from "../../pipeline/error.ts";
import { escape } from "../../pipeline/escape.ts";

/**
 * The certificate in a file, PEM or DER, as DER: MicroPython takes that on each of its ports.
 *
 * @throws {WeirError} if the file cannot be read, holds no certificate or more than one, or one whose time is over.
 *
 * @example
 * ```ts ignore
 * const der = await readCertificate("ca.pem");
 * ```
 */
export async function readCertificate(path: string): Promise<Uint8Array> {
  const refuse = (reason: string) =>
    new WeirError("ERR_WEIR_FILE", `${escape(path)}: ${reason}`);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw refuse(
      error instanceof Deno.errors.NotFound
        ? "there is no such file. MQTT_CA in config.py names it, and it stands beside config.py."
        : (error as Error).message,
    );
  }
  const text = new TextDecoder().decode(bytes);
  if (text.split("-----BEGIN CERTIFICATE-----").length > 2) {
    throw refuse(
      "it holds several certificates, and a board takes one: that of the authority which signed the broker's.",
    );
  }
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(bytes);
  } catch {
    throw refuse(
      /PRIVATE KEY/.test(text)
        ? "it is a private key. The board needs the certificate of the authority, and never a key."
        : "it is no certificate, as PEM or DER.",
    );
  }
  if (Date.parse(certificate.validTo) < Date.now()) {
    throw refuse(`the certificate was valid until ${certificate.validTo}.`);
  }
  return new Uint8Array(certificate.raw);
}
