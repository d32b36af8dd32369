import { connect as connectTcp } from "node:net";
import type { IClientOptions, IStream, MqttClient, StreamBuilder } from "mqtt";
import type { BrokerUrl } from "./broker_url.ts";

/**
 * Makes a client of mqtt.js that does not connect yet. It loads what the URL
 * needs, where `mqtt.connect()` loads WebSockets and SOCKS as well: a third of
 * the time to the first message. `onStream` is called with the socket before
 * mqtt.js reads from it.
 */
export async function createClient(
  broker: BrokerUrl,
  options: IClientOptions,
  onStream: (stream: IStream) => void,
): Promise<MqttClient> {
  const [client, packet, build] = await Promise.all([
    import("mqtt/lib/client"),
    import("mqtt-packet"),
    loadBuilder(broker),
  ]);
  // Otherwise mqtt.js makes 65,536 buffers before its first packet.
  (packet.default.writeToStream as unknown as { cacheNumbers: boolean })
    .cacheNumbers = false;
  const settings: IClientOptions = {
    ...options,
    manualConnect: true,
    protocol: broker.protocol.slice(0, -1) as IClientOptions["protocol"],
    hostname: broker.hostname,
    port: broker.port,
    // With the brackets of an IPv6 address, and with the path.
    transformWsUrl: () => broker.address,
  };
  return new client.default.default((client) => {
    const stream = build(client, settings);
    onStream(stream);
    return stream;
  }, settings);
}

/** What opens the socket. */
async function loadBuilder(
  { protocol, hostname, port }: BrokerUrl,
): Promise<StreamBuilder> {
  switch (protocol) {
    case "mqtt:":
      return () => connectTcp({ port, host: hostname });
    case "mqtts:":
      return (await import("mqtt/lib/connect/tls")).default.default;
    default:
      return (await import("mqtt/lib/connect/ws")).default.streamBuilder;
  }
}
