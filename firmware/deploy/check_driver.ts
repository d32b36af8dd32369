/** Checks a person's own driver on a virtual board, before it goes to a real one. */
import { WeirError } from "../../pipeline/error.ts";
import { escape } from "../../pipeline/escape.ts";
import { deviceFiles } from "../device_files.ts";
import { runOnBoard } from "./check_config.ts";

/** Imports a driver, and names its classes that can be sampled. */
const check = (module: string) => `
import ${module}
for _name in dir(${module}):
    _c = getattr(${module}, _name)
    if isinstance(_c, type) and hasattr(_c, 'sample'):
        print('Driver', _name)
`;

/** What a virtual board prints if it has not the module that a driver imports. */
const NO_MODULE = /^ImportError: no module named/m;

/**
 * Resolves with the names of the classes in a driver that can be sampled, as `config.py` names them: `my_driver.Class`.
 *
 * A driver that imports a module which only the person's board has is checked as far as that import, and no class is
 * known of it.
 *
 * @throws {WeirError} with the line and the reason if it is not valid, or has no class with `sample()`.
 *
 * @example
 * ```ts ignore
 * await checkDriver("my_driver.py", await Deno.readTextFile("my_driver.py"));
 * ```
 */
export async function checkDriver(
  file: string,
  source: string,
): Promise<string[]> {
  const refuse = (reason: string) =>
    new WeirError("ERR_WEIR_FILE", `${escape(file)}: ${reason}`);
  const [, module] = /(?:^|\/)([A-Za-z_]\w*)\.py$/.exec(file) ?? [];
  if (!module) {
    throw refuse(
      "a driver is a Python module: give it a name such as my_driver.py.",
    );
  }
  if (`${module}.py` in deviceFiles || module === "main" || module === "boot") {
    throw refuse("the firmware has a file of this name. Choose another.");
  }
  const printed = await runOnBoard({
    ...deviceFiles,
    [`${module}.py`]: source,
    "main.py": check(module),
  });
  const found = [...printed.matchAll(/^Driver (\w+)\r?$/gm)]
    .map(([, name]) => `${module}.${name}`);
  const raised = /^(\w+(?:Error|Exception)\b.*?)\r?$/m.exec(printed)?.[1];
  if (raised && !NO_MODULE.test(printed)) {
    const line = [
      ...printed.matchAll(RegExp(`"${module}\\.py", line (\\d+)`, "g")),
    ]
      .at(-1)?.[1];
    throw refuse(`${line ? `line ${line}: ` : ""}${escape(raised)}`);
  }
  if (!raised && found.length === 0) {
    throw refuse("it has no class with a method sample().");
  }
  return found;
}
