/** How many files a recording has written to, and the first of them. */
export interface FileCount {
  files: number;
  firstPath?: string;
}

/** So many files are counted. */
const MAX_COUNTED = 100_000;

/** Makes a function that counts files, each once, and returns the count. */
export function createFileCount(): (path?: string) => FileCount {
  const paths = new Set<string>();
  let firstPath: string | undefined;
  return (path) => {
    firstPath ??= path;
    if (path !== undefined && paths.size < MAX_COUNTED) paths.add(path);
    return { files: paths.size, firstPath };
  };
}
