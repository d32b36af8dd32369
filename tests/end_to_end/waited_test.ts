/** Messages that waited at the broker have the time of their delivery: weir says how many. */
import assert from "node:assert/strict";
import { makeFolder } from "../helpers/folder.ts";
import { startMosquitto } from "../helpers/mosquitto.ts";
import { mosquittoTest } from "../helpers/needs.ts";
import { weir } from "../helpers/weir.ts";

const WAITED =
  /^[\d,]+ messages had waited at the broker\. The time of arrival/;

for (const waiting of [7, 3000]) {
  mosquittoTest(
    `a durable recording says that ${waiting} messages had waited, and says it once`,
    async () => {
      await using mosquitto = await startMosquitto({
        config: () => "max_queued_messages 0",
      });
      await using folder = await makeFolder();
      const start = async () => {
        const recording = weir([
          ...["record", "t", folder.path("lab.csv"), "-b", mosquitto.url],
          ...["--durable", "lab", "--stats", "1h"],
        ]);
        await recording.stderr.match(/^Connected/);
        return recording;
      };
      const end = async (recording: ReturnType<typeof weir>) => {
        recording.kill("SIGINT");
        assert.equal(await recording.code, 0);
        return recording.stderr.text();
      };
      const publish = (count: number) =>
        mosquitto.publishLines(
          "t",
          Array.from({ length: count }, (_, n) => `${n}`),
          ...["-q", "1"],
        );
      {
        await using first = await start();
        await publish(3);
        await first.stdout.count(3);
        assert.doesNotMatch(await end(first), /had waited/);
      }
      await publish(waiting);
      {
        await using second = await start();
        const [count] = (await second.stderr.match(WAITED)).split(" ");
        assert.equal(count, waiting.toLocaleString("en-US"));
        // What comes live has the right time.
        await publish(50);
        await second.stdout.count(waiting + 50);
        const text = await end(second);
        assert.equal(text.match(/^.* had waited at the broker\./gm)?.length, 1);
        assert.match(text, new RegExp(`, ${count} had waited at the broker`));
      }
      await using third = await start();
      await publish(1);
      await third.stdout.count(1);
      assert.doesNotMatch(await end(third), /had waited/);
    },
  );
}
