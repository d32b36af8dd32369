/** A grid of dots, two by four of them in each character (Unicode U+2800). */
export interface Dots {
  /** Sets a dot; those outside of the grid are left out. */
  set(x: number, y: number): void;
  /** Draws a straight line. */
  line(x0: number, y0: number, x1: number, y1: number): void;
  /** The characters, line by line. */
  lines(): string[][];
}

/** The bit of each dot of a character, by its row and column. */
const BITS = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/** Makes a grid of dots in so many columns and rows of characters. */
export function createDots(columns: number, rows: number): Dots {
  const cells = new Uint8Array(columns * rows);
  const set = (x: number, y: number) => {
    if (x < 0 || y < 0 || x >= 2 * columns || y >= 4 * rows) return;
    cells[(y >> 2) * columns + (x >> 1)] |= BITS[y & 3][x & 1];
  };
  return {
    set,
    line(x0, y0, x1, y1) {
      const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
      for (let step = 0; step <= steps; step++) {
        set(
          Math.round(x0 + (x1 - x0) * step / steps),
          Math.round(y0 + (y1 - y0) * step / steps),
        );
      }
    },
    lines: () =>
      Array.from({ length: rows }, (_, row) =>
        Array.from(
          cells.subarray(row * columns, (row + 1) * columns),
          (bits) => bits === 0 ? " " : String.fromCharCode(0x2800 + bits),
        )),
  };
}
