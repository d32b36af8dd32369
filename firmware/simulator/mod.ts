export * from "./board.ts";
