import { WeirError } from "../error.ts";

/** Text with places for fields and levels of the topic. */
export interface IdTemplate {
  /** The paths of the fields that it uses. */
  fields: string[];
  /** Its text for a message, or what is missing for it. */
  write(source: IdSource): { id: string } | { missing: string };
}

/** What a template takes its text from. */
export interface IdSource {
  topic: string;
  /** The id that the message names itself, if it does. */
  sensor_id?: string;
  /** A field's value. */
  find(path: string): unknown;
}

/**
 * Reads a template, such as `{topic[1]}/{model}/{id}`.
 *
 * @throws {WeirError} if a brace has no other one, or nothing in it.
 */
export function readIdTemplate(template: string): IdTemplate {
  const parts = template.split(/(\{[^{}]*\})/);
  const wrong = parts.some((part, at) =>
    at % 2 === 0 ? /[{}]/.test(part) : part === "{}"
  );
  if (template === "" || wrong) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `"${template}" is not an id: write text with {field}, {topic}, {topic[1]} or {sensor_id} in it.`,
    );
  }
  const places = parts.map((part, at) => at % 2 === 0 ? part : placeOf(part));
  const fields = places.flatMap((place) =>
    typeof place === "object" && place.field !== undefined ? [place.field] : []
  );
  return {
    fields,
    write(source) {
      let id = "";
      for (const place of places) {
        const text = typeof place === "string" ? place : place.read(source);
        if (text === undefined) {
          return { missing: (place as Place).missing };
        }
        id += text;
      }
      return { id };
    },
  };
}

interface Place {
  /** The field that it stands for, if it does. */
  field?: string;
  read(source: IdSource): string | undefined;
  missing: string;
}

function placeOf(part: string): Place {
  const name = part.slice(1, -1);
  if (name === "topic") return { read: ({ topic }) => topic, missing: name };
  const [, level] = /^topic\[(\d+)\]$/.exec(name) ?? [];
  if (level !== undefined) {
    return {
      read: ({ topic }) => topic.split("/")[Number(level)],
      missing: `its topic has no level ${level}`,
    };
  }
  const read = ({ find }: IdSource) => textOf(find(name));
  const missing = `no field "${name}" for its id`;
  return name === "sensor_id"
    ? { read: (source) => source.sensor_id ?? read(source), missing }
    : { field: name, read, missing };
}

/** A value as a part of an id; an empty one would make two sensors one. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean"
    ? `${value}`
    : undefined;
}
