/** Microseconds since 1970-01-01T00:00:00Z: an exact integer between the years 1 and 9999. */
export type Instant = number;

/** A UTC day, `YYYY-MM-DD`. */
export type Day = string;
