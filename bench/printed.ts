const printed: string[] = [];

/** Prints a text, and keeps it for the page. */
export function print(text: string): void {
  console.log(text);
  printed.push(text);
}

/** All that was printed, as a part of a page in Markdown. */
export function page(): string {
  return printed.join("\n").trim() + "\n";
}
