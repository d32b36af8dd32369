import { isObject } from "./kinds_of_value.ts";

/** The value of a field, by its path; `undefined` if it is not there. */
export function findField(value: unknown, path: string): unknown {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, path)) {
    return (value as Record<string, unknown>)[path];
  }
  // A name may also have a slash in it.
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) {
    const name = path.slice(0, at);
    if (!Object.hasOwn(value, name)) continue;
    const inner = (value as Record<string, unknown>)[name];
    const found = findField(inner, path.slice(at + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Makes a function that says whether a field's path is one of these: in a
 * pattern, `*` is one level and `**`, at its end, all below.
 */
export function matchFields(
  patterns: readonly string[],
): (path: string) => boolean {
  const plain = new Set(patterns.filter((pattern) => !pattern.includes("*")));
  const others = patterns.filter((pattern) => !plain.has(pattern))
    .map((pattern) => pattern.split("/"));
  return (path) => {
    if (plain.has(path)) return true;
    if (others.length === 0) return false;
    const levels = path.split("/");
    return others.some((pattern) =>
      pattern.every((level, at) =>
        level === "**" && at === pattern.length - 1
          ? levels.length > at
          : at < levels.length && (level === "*" || level === levels[at])
      ) && (pattern.at(-1) === "**" || pattern.length === levels.length)
    );
  };
}
