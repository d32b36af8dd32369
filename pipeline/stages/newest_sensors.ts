/** How many sensors a stage remembers. */
const MAX_SENSORS = 10_000;

/**
 * A value for each sensor, bounded: if there are too many, the sensor whose
 * value was set the longest time ago is forgotten.
 */
export function newestSensors<V>(): {
  get(sensor_id: string): V | undefined;
  set(sensor_id: string, value: V): void;
} {
  const values = new Map<string, V>();
  return {
    get: (sensor_id) => values.get(sensor_id),
    set(sensor_id, value) {
      values.delete(sensor_id);
      values.set(sensor_id, value);
      if (values.size > MAX_SENSORS) values.delete(values.keys().next().value!);
    },
  };
}
