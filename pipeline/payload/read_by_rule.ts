import { TimedValue } from "./decoder.ts";
import { readDeviceTime } from "./device_time.ts";
import { findField, matchFields } from "./fields.ts";
import { readIdTemplate } from "./id_template.ts";
import { isHeld, isObject, nameOf } from "./kinds_of_value.ts";
import {
  elementsOf,
  type Reading,
  readOne,
  readScalar,
  type ReadTop,
  wrong,
} from "./read_value.ts";
import type { Rule } from "./rule.ts";

/**
 * Makes the function that reads the values of messages by a rule; `undefined` if
 * the rule does not change how they are read.
 *
 * @throws {WeirError} if its template is wrong.
 */
export function readByRule(rule: Rule): ReadTop | undefined {
  const { each, time, value: only, fields } = rule;
  if (
    [each, time, rule.id, only, fields].every((part) => part === undefined)
  ) return undefined;
  const template = rule.id === undefined ? undefined : readIdTemplate(rule.id);
  const used = new Set([time ?? [], template?.fields ?? []].flat());
  const wanted = fields && matchFields(fields);
  const keeps = (path: string) =>
    !used.has(path) && (wanted === undefined || wanted(path));
  const nothing = fields
    ? `none of the fields ${fields.join(", ")}`
    : "no field but those for its id and time";

  const readPart = (
    reading: Reading,
    path: string,
    value: unknown,
    where: string,
    parent?: unknown,
  ): boolean => {
    const { topic } = reading.message;
    const look = (field: string) => {
      const own = findField(value, field);
      return own === undefined ? findField(parent, field) : own;
    };
    const find = (field: string) => {
      const found = look(field);
      return found instanceof TimedValue ? found.value : found;
    };
    if (time !== undefined) {
      reading.ts = readDeviceTime(find(time));
      if (reading.ts === undefined) reading.outcome.untimed++;
    }
    let base = path;
    if (template) {
      reading.rename = (sensor_id) =>
        template.write({ topic, sensor_id, find });
      if (only !== undefined || !namesItself(value)) {
        const found = template.write({ topic, find });
        if ("missing" in found) return wrong(reading, where + found.missing);
        const own = template.fields.some((field) =>
          findField(value, field) !== undefined
        );
        // Elements that the id does not tell apart are told apart by index.
        if (template.fields.some((field) => isInexact(find(field)))) {
          reading.outcome.inexact = true;
        }
        base = where === "" || own
          ? found.id
          : `${found.id}${path.slice(path.lastIndexOf("/"))}`;
        reading.characters -= base.length;
        if (reading.characters < 0) return false;
      }
    }
    if (only !== undefined) {
      const found = look(only);
      return found === undefined || isObject(found)
        ? wrong(
          reading,
          found === undefined
            ? `${where}no field "${only}"`
            : `${where}${only} is ${nameOf(found)}, not a value`,
        )
        : readScalar(reading, base, found);
    }
    if (wanted && !isObject(value)) return wrong(reading, where + nothing);
    reading.start = base.length + 1;
    return readOne(reading, base, value, where);
  };

  return (reading, value) => {
    if (used.size > 0 || wanted) reading.keeps = keeps;
    reading.nothing = nothing;
    let [elements, path, parent] = [
      elementsOf(value),
      reading.path,
      undefined as unknown,
    ];
    if (each !== undefined) {
      const found = findField(value, each);
      if (!Array.isArray(found)) {
        return wrong(reading, `${each} is ${nameOf(found)}, not an array`);
      }
      [elements, path, parent] = [found, `${path}/${each}`, value];
    }
    return elements
      ? elements.every((element, at) =>
        readPart(reading, `${path}/${at}`, element, `element ${at}: `, parent)
      )
      : readPart(reading, path, value, "");
  };
}

const isInexact = (value: unknown) =>
  typeof value === "number" && !isHeld(value);

/** Whether a message's value names its sensor itself. */
function namesItself(value: unknown): boolean {
  return Array.isArray(value) ||
    isObject(value) && "sensor_id" in value && "val" in value;
}
