/** The air around a virtual board: a function of time, as its light is. */

/** What a sensor can measure of it. */
export interface Air {
  /** °C */
  temperature: number;
  /** %, relative */
  humidity: number;
  /** Pa */
  pressure: number;
  /** CO₂ in ppm */
  co2: number;
}

/** A room in which these are given; the rest goes up and down in the course of a day. */
export type Weather = Partial<Air> & { seed?: number };

/** The air `seconds` after the board was first switched on. */
export function air(weather: Weather, seconds: number): Air {
  const { seed = 1, ...given } = weather;
  const swing = (period: number) =>
    Math.sin(2 * Math.PI * (seconds / period + seed / 7));
  return {
    temperature: 21 + 3 * swing(86_400) + 0.1 * swing(300),
    humidity: 45 - 10 * swing(86_400),
    pressure: 101_325 + 800 * swing(259_200),
    co2: Math.round(650 + 200 * swing(14_400)),
    ...given,
  };
}
