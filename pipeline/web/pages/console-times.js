// Times as a technician reads them.

/** Seconds as m:ss. */
export const clock = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

/** The time of day of Unix seconds, and the day if it is not this one; `exact`: with its seconds. */
export function stamp(at, exact = false) {
  const then = new Date(at * 1000);
  const day = then.toDateString() === new Date().toDateString() ? "" : `${then.toLocaleDateString("en-GB", { day: "numeric", month: "long" })}, `;
  return `${day}${then.toTimeString().slice(0, exact ? 8 : 5)}`;
}
