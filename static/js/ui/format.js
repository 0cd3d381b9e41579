// @ts-check
/** Times, differences and deeds in the site's words; pure. */

const MINUTE_S = 60;
const HOUR_S = 3600;
const MINUS = "−";
/** Below it milliseconds would be all zeros. */
const MICRO_BELOW_MS = 0.00995;

/**
 * A position as a clock shows it: 0:07, 12:04, 1:02:33.
 * @param {number | null} positionS null: not known
 */
export function clockTime(positionS) {
  if (positionS === null || !Number.isFinite(positionS)) return "–:––";
  const whole = Math.max(0, Math.floor(positionS));
  const seconds = String(whole % MINUTE_S).padStart(2, "0");
  const minutes = Math.floor(whole / MINUTE_S) % MINUTE_S;
  const hours = Math.floor(whole / HOUR_S);
  return hours > 0
    ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}`
    : `${minutes}:${seconds}`;
}

/**
 * A position as somebody would say it.
 * @param {number} positionS
 */
export function spokenTime(positionS) {
  const whole = Math.max(0, Math.floor(positionS));
  const parts = [
    [Math.floor(whole / HOUR_S), "hour"],
    [Math.floor(whole / MINUTE_S) % MINUTE_S, "minute"],
    [whole % MINUTE_S, "second"],
  ]
    .filter(([amount]) => amount !== 0)
    .map(([amount, unit]) => count(Number(amount), String(unit)));
  return parts.join(" ") || "beginning";
}

/**
 * @param {number} amount
 * @param {string} one
 * @param {string} [many]
 */
export function count(amount, one, many = `${one}s`) {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** "Ada", "Ada and Ben", "Ada, Ben and Cem" @param {readonly string[]} names */
export function listed(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/**
 * A signed figure with a true minus sign and never a minus zero.
 * @param {number} value
 * @param {number} [digits]
 */
export function signed(value, digits = 0) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? MINUS : "+"}${text}`;
}

/**
 * A time difference in the unit that reads best: 3 ms, 1.2 s, 2 min.
 * @param {number} differenceMs its sign is not shown
 * @returns {{figure: string, unit: string}}
 */
export function difference(differenceMs) {
  const size = Math.abs(differenceMs);
  if (!Number.isFinite(size)) return { figure: "–", unit: "ms" };
  if (size < 999.5) return { figure: size.toFixed(0), unit: "ms" };
  if (size < 99_950) return { figure: (size / 1000).toFixed(1), unit: "s" };
  return { figure: (size / 60_000).toFixed(0), unit: "min" };
}

/**
 * "You are 3 ms behind, ±1 ms."
 * @param {number} driftMs positive: behind
 * @param {number | null} boundMs
 */
export function driftSentence(driftMs, boundMs) {
  const bound = boundMs === null || !Number.isFinite(boundMs) ? "" : `, ±${boundText(boundMs)}`;
  const { figure, unit } = difference(driftMs);
  if (figure === "0") return `You are exactly in step${bound}.`;
  return `You are ${figure} ${unit} ${driftMs > 0 ? "behind" : "ahead"}${bound}.`;
}

/** A bound in milliseconds as an instrument shows it; rounded up, as it promises. @param {number} boundMs */
export function boundFigure(boundMs) {
  const digits = boundMs < 10 ? 2 : boundMs < 100 ? 1 : 0;
  const unit = 10 ** digits;
  return (Math.ceil(boundMs * unit) / unit).toFixed(digits);
}

/**
 * A bound is rounded up: it promises.
 * @param {number} boundMs
 */
export function boundText(boundMs) {
  const { figure, unit } = difference(roundedUp(boundMs, boundMs < 1000 ? 1 : boundMs < 99_900 ? 100 : 60_000));
  return `${figure} ${unit}`;
}

/** A measured time in milliseconds, with three figures: 0.62, 3.10, 48.0, 480. @param {number} ms */
export function measuredFigure(ms) {
  return ms.toFixed(digitsOf(ms));
}

/**
 * A length of time in the unit that reads best, with three figures: 2.50 µs, 72.0 ms, 1.73 s, 5 min 3 s. No sign.
 * @param {number} ms
 */
export function durationText(ms) {
  const size = Math.abs(ms);
  if (size === 0) return "0 ms";
  if (size < MICRO_BELOW_MS) return `${measuredFigure(size * 1000)} µs`;
  if (size < 999.5) return `${measuredFigure(size)} ms`;
  if (size < 99_950) return `${measuredFigure(size / 1000)} s`;
  const seconds = Math.round(size / 1000);
  return `${Math.floor(seconds / MINUTE_S)} min ${seconds % MINUTE_S} s`;
}

/** With its sign, a true minus. @param {number} ms */
export function signedDuration(ms) {
  const words = durationText(ms);
  return Number.parseFloat(words) === 0 ? words : `${ms < 0 ? MINUS : "+"}${words}`;
}

/** A chosen time rather than a measured one, without idle zeros: 20 ms, 1.5 s, −3 ms. @param {number} ms */
export function roundDuration(ms) {
  const size = Math.abs(ms);
  const minus = ms < 0 ? MINUS : "";
  return size < 1000 ? `${minus}${Number(size.toFixed(1))} ms` : `${minus}${Number((size / 1000).toFixed(1))} s`;
}

/** A bound with three figures, the last one rounded up. @param {number} boundMs */
export function boundDuration(boundMs) {
  const unitMs = boundMs < MICRO_BELOW_MS ? 0.001 : boundMs < 999.5 ? 1 : 1000;
  const stepMs = boundMs < 99_900 ? unitMs / 10 ** digitsOf(boundMs / unitMs) : 1000;
  return durationText(roundedUp(boundMs, stepMs));
}

/** Decimals that make three figures. @param {number} size */
function digitsOf(size) {
  return size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
}

/** Up to a whole step, unless only a float's last digit is beyond it. @param {number} ms @param {number} stepMs */
function roundedUp(ms, stepMs) {
  return Math.ceil(ms / stepMs - 1e-9) * stepMs;
}

/** @param {number} rate */
export function rateText(rate) {
  return `${Number(rate.toFixed(3))}×`;
}

/**
 * Who did what: "Ada paused at 12:04." together: a start that everybody waits for.
 * @param {{name: string | null, own: boolean, kind: string, positionS: number, rate: number, title: string, ended: boolean, together: boolean}} deed
 */
export function deedSentence({ name, own, kind, positionS, rate, title, ended, together }) {
  const who = own ? "You" : (name ?? "The room");
  const at = clockTime(positionS);
  switch (kind) {
    case "play":
      return together ? `${who} start${own ? "" : "s"} it for all together at ${at}.` : `${who} pressed play at ${at}.`;
    case "pause":
      return ended ? "The film is over." : `${who} paused at ${at}.`;
    case "seek":
      return name === null && !own && positionS === 0 ? "The film begins again." : `${who} jumped to ${at}.`;
    case "rate":
      return `${who} set the speed to ${rateText(rate)}.`;
    case "source":
      return title ? `${who} changed the film to “${title}”.` : `${who} changed the film.`;
    default:
      return `${who} changed something.`;
  }
}

/**
 * A city out of a time zone's name, for the hint at the door: "Europe/Berlin" → "Berlin".
 * @param {string} timezone
 */
export function cityOfZone(timezone) {
  const parts = timezone.split("/");
  if (parts.length < 2 || parts[0] === "Etc") return "";
  return parts[parts.length - 1].replaceAll("_", " ");
}

/**
 * What stands in a person's disc: the first letter as a reader sees it, emoji and all.
 * @param {string} name
 */
export function initial(name) {
  const first = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name.trim())][0];
  return (first?.segment ?? "?").toLocaleUpperCase();
}
