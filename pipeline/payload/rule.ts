import type { DecoderOptions } from "./decoder.ts";
import type { DecoderName } from "./decoders.ts";

/**
 * How the messages of some topics become readings. Fields are named by their
 * path: `battery`, `meta/t`, `values/0`.
 */
export interface Rule extends DecoderOptions {
  /** The topics that it is for, a topic filter. Default: all. */
  filter?: string;
  /** Leaves the messages out: they make neither events nor rejects. */
  exclude?: boolean;
  /** What decodes the payload. Default: `json`, or text as it stands. */
  decode?: DecoderName;
  /** The field with an array, each element of which is a message of its own. */
  each?: string;
  /**
   * The field with the time: ISO 8601, or seconds, milliseconds, microseconds or
   * nanoseconds since 1970, by size. It makes no event. The others have its time,
   * and are `timed`; those of a message without it have the host's.
   */
  time?: string;
  /**
   * The sensor's id: text with `{field}`, `{topic}`, `{topic[1]}` (a level of it,
   * the first one is 0) and `{sensor_id}` (the id that the message names). The
   * names of fields follow it. A field that it uses makes no event of its own.
   */
  id?: string;
  /** The one field that makes an event, under the id alone. */
  value?: string;
  /** The only fields that make events: `*` is one level, `**` all below. */
  fields?: readonly string[];
}
