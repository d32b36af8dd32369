// @ts-types="@types/d3-time-format"
export { timeFormat, utcFormat } from "d3-time-format";
