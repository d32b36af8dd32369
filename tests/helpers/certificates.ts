import { run } from "./run.ts";

/** Files of a certificate authority and of a broker and a client it signed. */
export interface Certificates {
  /** The authority's certificate. */
  ca: string;
  /** The broker's, for `localhost`. */
  serverCert: string;
  /** Its key. */
  serverKey: string;
  /** The client's certificate. */
  clientCert: string;
  /** Its key. */
  clientKey: string;
}

/** Makes them with openssl, in a folder. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const path = (name: string) => `${folder}/${name}`;
  const openssl = (...args: string[]) => run("openssl", args);
  await openssl(
    ..."req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=weir-test-ca".split(
      " ",
    ),
    ...["-keyout", path("ca.key"), "-out", path("ca.pem")],
  );
  for (const name of ["server", "client"]) {
    await openssl(
      ..."req -newkey rsa:2048 -nodes".split(" "),
      ...["-subj", `/CN=${name}`],
      ...["-keyout", path(`${name}.key`), "-out", path(`${name}.csr`)],
    );
    await Deno.writeTextFile(
      path(`${name}.ext`),
      name === "server" ? "subjectAltName=DNS:localhost\n" : "",
    );
    await openssl(
      ..."x509 -req -days 2 -CAcreateserial".split(" "),
      ...["-in", path(`${name}.csr`), "-out", path(`${name}.pem`)],
      ...["-CA", path("ca.pem"), "-CAkey", path("ca.key")],
      ...["-extfile", path(`${name}.ext`)],
    );
  }
  return {
    ca: path("ca.pem"),
    serverCert: path("server.pem"),
    serverKey: path("server.key"),
    clientCert: path("client.pem"),
    clientKey: path("client.key"),
  };
}
