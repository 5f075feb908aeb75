// Times as people read them.

/** Seconds as h:mm:ss, without hours where there are none; `digits`: so many behind the second. */
export function clock(seconds, digits = 0) {
  const parts = Math.max(0, Math.round(10 ** digits * seconds));
  const whole = Math.floor(parts / 10 ** digits);
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = digits ? `.${String(parts % 10 ** digits).padStart(digits, "0")}` : "";
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}${rest}`;
}

/** The same as an editor needs it. */
export const exact = (seconds) => clock(seconds, 3);

/** The time of day of Unix seconds, and the day if it is not this one; `exact`: with its seconds. */
export function stamp(at, exact = false) {
  const then = new Date(at * 1000);
  const today = then.toDateString() === new Date().toDateString();
  const day = today ? "" : `${then.toLocaleDateString("en-GB", { day: "numeric", month: "long" })}, `;
  return `${day}${then.toTimeString().slice(0, exact ? 8 : 5)}`;
}
