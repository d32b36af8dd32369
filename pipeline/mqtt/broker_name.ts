import { readBrokerUrl } from "./broker_url.ts";

/** Names a broker by its address, so that two names of this machine are one. */
export function brokerName(url: string): string {
  const { hostname, port } = readBrokerUrl(url);
  return hostAndPort(hostname, port);
}

/** The same of a host and a port. */
export function hostAndPort(host: string, port: number | string): string {
  return `${
    /^(127\.\d+\.\d+\.\d+|::1)$/.test(host) ? "localhost" : host
  }_${port}`;
}
