/**
 * Runs the model with one seed after the other, up to so many, until something is
 * wrong, and prints with which: `deno run -A tests/model/find_fault.ts 100`.
 *
 * @module
 */
import { runModel } from "./run_model.ts";

for (let seed = 1; seed <= Number(Deno.args[0]); seed++) {
  const { missing, doubled, violations } = await runModel(seed, 60);
  if (missing.length + doubled.length + violations.length === 0) continue;
  console.log(
    `seed ${seed}: ${missing.length} lost, ${doubled.length} doubled`,
    ...violations.slice(0, 3),
  );
  Deno.exit();
}
console.log("nothing");
