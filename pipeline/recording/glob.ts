/**
 * A pattern as shells have it, as a regular expression for the whole text: `*`
 * is any characters, `?` is one, `[a-f]` is one of these.
 *
 * @param any what `*` and `?` stand for; in a path, it leaves out the `/`.
 */
export function globToRegExp(pattern: string, any = "[^]"): RegExp {
  const source = pattern.replaceAll(
    /\*+|\?|\[(!?)([^\]/]+)\]|[\\^$+.()|{}[\]]/g,
    (found, not: string | undefined, set: string | undefined) => {
      if (found.startsWith("*")) return `${any}*`;
      if (found === "?") return any;
      if (set === undefined) return `\\${found}`;
      return `[${not ? "^" : ""}${set.replaceAll(/[\\^]/g, "\\$&")}]`;
    },
  );
  return new RegExp(`^${source}$`, "u");
}

/** Whether a text has something in it that makes it a pattern. */
export const isGlob = (text: string): boolean => /[*?]|\[[^\]]+\]/.test(text);
