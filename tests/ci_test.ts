/** What the workflow of GitHub names is there, and what the gate installs is installed there. */
import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { readPage } from "./helpers/pages.ts";

const workflow = await readPage(".github/workflows/ci.yml");
const gate = await readPage(".ci/run");

/** On GitHub's machines already. */
const THERE = ["xz-utils", "openssl", "python3"];

Deno.test("the workflow names tests and tasks that there are", async () => {
  const tests = workflow.match(/tests\/\S+/g) ?? [];
  assert.ok(tests.length > 3);
  for (const path of tests) await readPage(path);
  const tasks = [...workflow.matchAll(/deno task (\S+)/g)];
  assert.ok(tasks.length > 1);
  for (const [, task] of tasks) assert.ok(Object.hasOwn(config.tasks, task));
});

Deno.test("every job that runs all tests installs what the gate installs", () => {
  const needed = [...gate.matchAll(/^need \S+ (\S+)$/gm)]
    .map(([, name]) => name).filter((name) => !THERE.includes(name));
  assert.ok(needed.length > 3);
  const installing = workflow.match(/apt-get install .*/g) ?? [];
  assert.equal(installing.length, 2);
  for (const line of installing) {
    for (const name of needed) assert.ok(line.includes(` ${name}`), name);
  }
});

Deno.test("the workflow runs the gate's own checks and the README's command", () => {
  for (const check of ["fmt --check", "lint", "check --frozen"]) {
    assert.ok(gate.includes(`deno ${check}`), check);
    assert.ok(workflow.includes(`- run: deno ${check}`), check);
  }
  assert.ok(gate.includes("npx -y deno@2.9.6 task test"));
  assert.ok(workflow.includes("- run: deno task test"));
  const [, version] = /DENO: "(.*)"/.exec(workflow) ?? [];
  assert.ok(gate.includes(`deno@${version} `), version);
});
