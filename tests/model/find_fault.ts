/**
 * Runs the model with one seed after the other, up to so many, until something is
 * wrong, and prints with which: `deno run -A tests/model/find_fault.ts 100`.
 *
 * @module
 */
import { findFault } from "./run_model.ts";

for (let seed = 1; seed <= Number(Deno.args[0]); seed++) {
  const fault = await findFault(seed, 60)
    .catch((error) => `seed ${seed}: ${error.message}`);
  if (!fault) continue;
  console.log(fault);
  Deno.exit();
}
console.log("nothing");
