/** What weir deploy says of a config.py with which a board would not start. */
import assert from "node:assert/strict";
import { checkConfig } from "../firmware/deploy/check_config.ts";
import { inTime, stationConfig } from "./helpers/virtual_boards.ts";

const GOOD = stationConfig(1883);

async function refusal(text: string): Promise<string> {
  try {
    await inTime(checkConfig("lab/config.py", text), 60);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

Deno.test("A config.py that is not Python is refused, with its line and the reason", async () => {
  assert.match(
    await refusal("SENSOR_ID = 'lux-1'\nWIFI_ESSID = 'home\n"),
    /^ {2}lab\/config\.py:2: SyntaxError: /m,
  );
});

Deno.test("Each setting that the firmware refuses is named, with its line", async () => {
  const text = GOOD.replace("SLEEP_TIME = 5", "SLEEP_TIME = '5'")
    .replace(/MQTT_TOPIC.*\n/, "");
  const message = await refusal(`${text}WIFI_PASSWORD = 'short'\n`);
  assert.match(
    message,
    /^ {2}lab\/config\.py:6: SLEEP_TIME must be a number from 0\.01 to 86400 \(is '5'\)$/m,
  );
  assert.match(message, /^ {2}lab\/config\.py: MQTT_TOPIC is missing$/m);
  assert.match(message, /^ {2}lab\/config\.py:7: WIFI_PASSWORD must have 8/m);
  assert.doesNotMatch(message, /short/);
  assert.match(message, /Nothing was written\./);
});

Deno.test("A name that is not defined is refused, and a password without quotes is not shown", async () => {
  assert.match(
    await refusal(GOOD.replace('"lux-1"', "lux")),
    /^ {2}lab\/config\.py:1: NameError: .*lux/m,
  );
  const message = await refusal(GOOD.replace('"my_wifi_password"', "sesame"));
  assert.match(
    message,
    /^ {2}lab\/config\.py:3: NameError \(is text, such as a password, in quotes\?\)$/m,
  );
  assert.doesNotMatch(message, /sesame/);
});

Deno.test("A config.py that is right passes, and one that needs a module of its board is left to the board", async () => {
  assert.equal(await refusal(GOOD), "");
  assert.equal(await refusal(`import my_pins\n${GOOD}`), "");
});
