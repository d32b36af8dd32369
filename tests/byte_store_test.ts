import assert from "node:assert/strict";
import { createByteStore } from "../pipeline/recording/byte_store.ts";
import { createEncoder } from "../pipeline/recording/encoder.ts";

Deno.test("a byte store holds copies of what was added since it was cleared", () => {
  const store = createByteStore();
  const bytes = new Uint8Array([1, 2, 3]);
  for (let count = 0; count < 100; count++) store.add(bytes);
  bytes.fill(9);
  assert.deepEqual(
    [...store.bytes()],
    Array.from({ length: 300 }, (_, index) => index % 3 + 1),
  );
  store.clear();
  assert.equal(store.bytes().length, 0);
  store.add(bytes);
  assert.deepEqual([...store.bytes()], [9, 9, 9]);
});

Deno.test("an encoder writes UTF-8, of short texts and of long ones", () => {
  const encode = createEncoder();
  for (const length of [0, 1, 100, 400_000, 7]) {
    for (const character of ["a", "é", "€", "💡", "\ud800"]) {
      const text = character.repeat(length);
      assert.deepEqual(encode(text), new TextEncoder().encode(text));
    }
  }
});
