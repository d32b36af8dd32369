import { extname } from "node:path";
import { defineCommand } from "../cli/define_command.ts";
import { option, repeatable, text, toggle } from "../cli/define_option.ts";
import { leftOut, pictureOf } from "../cli/draw_recordings.ts";
import { endOnSignals } from "../cli/end_on_signals.ts";
import { readInstant } from "../cli/instant.ts";
import { writeNew } from "../cli/write_new.ts";
import { createProgressBar } from "../cli/progress_bar.ts";
import { UsageError } from "../cli/usage_error.ts";
import { counted } from "../pipeline/counted.ts";
import { escape } from "../pipeline/escape.ts";
import { findRecordings } from "../pipeline/recording/find_recordings.ts";
import { say, sayOut } from "../pipeline/say.ts";
import type { Picture } from "../plot/picture.ts";

/** The pictures that there are, by the ending of their names. */
const ENDINGS = [".svg", ".png", ".html"];

/** So many sensors have charts, in a terminal and in a picture. */
const DRAWN = { terminal: 25, file: 100 };

/** A sensor has about so many points in a picture that cannot be zoomed. */
const POINTS = 4400;

/** `weir plot`: a picture of recordings. */
export const command = defineCommand({
  description: "Draw recordings: in the terminal, or as SVG, PNG, HTML.\n\n" +
    "A chart of each sensor, over one time axis. Texts and booleans are bands, marks\n" +
    "(weir mark) are lines. The HTML is one file that needs no network: zoom, pan,\n" +
    "values under the pointer, and a table of what each sensor sent.",
  arguments: "<file...>",
  options: {
    output: option(
      "-o, --output <file>",
      "Write to this new file: .svg, .png or .html.",
      text,
    ),
    sensors: repeatable(
      "--sensor <pattern>",
      "Only sensors with such an id: 'lux-*'; repeatable.",
      text,
    ),
    from: option(
      "--from <time>",
      "From this time on: 2026-01-31T12:00, yesterday, -2h.",
      readInstant,
    ),
    to: option("--to <time>", "Until before this time.", readInstant),
    together: toggle("--together", "Draw all numbers in one chart."),
  },
  examples: [
    ["A look at a recording", "weir plot lab.csv"],
    ["To zoom into, and to send to somebody", "weir plot lab.csv -o lab.html"],
    [
      "Today's temperatures in one chart",
      "weir plot home.csv --sensor '*/temperature' --from today --together",
    ],
    ["A year of days, for a page", "weir plot 'lab-*.csv*' -o lab.svg"],
  ],
  async action({ output, ...options }, ...files) {
    const ending = output === undefined ? undefined : endingOf(output);
    if ((options.from ?? -Infinity) >= (options.to ?? Infinity)) {
      throw new UsageError("--from is not before --to.");
    }
    const paths = await findRecordings(files);
    using signals = endOnSignals();
    const read = async (most: number, maxEach?: number) => {
      using bar = createProgressBar("rows");
      const picture = await pictureOf(paths, {
        ...options,
        maxEach,
        signal: signals.signal,
        onProgress: bar.show,
      });
      return most < picture.series.length ? firstOf(picture, most) : picture;
    };
    if (output === undefined) {
      return await show(await read(DRAWN.terminal, 1000));
    }
    let drawn: Picture | undefined;
    await writeNew(output, async () => {
      if (ending === ".html") {
        drawn = await read(Infinity);
        const { drawPage } = await import("../plot/html_page.ts");
        return await drawPage(drawn, { notes: leftOut(drawn) });
      }
      drawn = await read(DRAWN.file, POINTS);
      const { drawSvg } = await import("../plot/svg.ts");
      const svg = drawSvg(drawn);
      if (ending === ".svg") return svg;
      const { toPng } = await import("../plot/png.ts");
      return await toPng(svg);
    });
    const { events, series } = drawn!;
    const notes = leftOut(drawn!);
    say(
      `Drew ${counted(events, "reading")} of ${
        counted(series.length, "sensor")
      } in ${escape(output)}${
        notes.length > 0 ? ` (${notes.join(", ")})` : ""
      }`,
    );
  },
});

function endingOf(path: string): string {
  const ending = extname(path).toLowerCase();
  if (ENDINGS.includes(ending)) return ending;
  throw new UsageError(
    `${escape(path)} ends in none of ${
      ENDINGS.join(", ")
    }, so its form is unknown. Give it another name.`,
  );
}

/** The first sensors, if there are more than there is room for. */
function firstOf(picture: Picture, most: number): Picture {
  const { series } = picture;
  say(
    `Drawing the first ${most} of ${
      counted(series.length, "sensor")
    }. Choose others with --sensor, or write .html.`,
  );
  return { ...picture, series: series.slice(0, most) };
}

async function show(picture: Picture): Promise<void> {
  const { drawLines } = await import("../plot/in_terminal.ts");
  const isTerminal = Deno.stdout.isTerminal();
  const columns = isTerminal ? Deno.consoleSize().columns : 80;
  const colours = isTerminal && !Deno.env.get("NO_COLOR");
  for (const line of drawLines(picture, { columns, colours })) sayOut(line);
  for (const note of leftOut(picture)) say(note);
}
