// Dates as people say them. A label's clock is the project's, so it is read as it stands.

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];

export function sayWhen(time) {
  const seconds = (Date.parse(time.dateTime) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) return;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["minute", 60];
  time.title ||= time.textContent;
  time.textContent = Math.abs(seconds) < 60 ? "just now" : relative.format(Math.round(seconds / length), unit);
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const WEEKDAYS = "Sun Mon Tue Wed Thu Fri Sat".split(" ");

// `isLong` where there is room for the year and the day of the week.
export function momentName(label, interval, { isLong = false } = {}) {
  if (interval === "seconds") return durationName(Number(label));
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d))?/.exec(label);
  if (!interval || !found) return String(label);
  const [, year, month, day, clock = "00:00"] = found;
  const date = `${Number(day)} ${MONTHS[month - 1]}`;
  if (interval === "month") return `${MONTHS[month - 1]} ${year}`;
  if (interval === "minute" && !isLong) return clock;
  const moment = interval === "hour" || interval === "minute" ? `${date}, ${clock}` : date;
  if (!isLong) return moment;
  if (interval === "week") return `Week of ${date} ${year}`;
  return `${WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()]} ${moment}${moment === date ? ` ${year}` : ""}`;
}

export function durationName(seconds) {
  let rest = Math.abs(seconds) >= 60 ? Math.round(Math.abs(seconds)) : Math.abs(seconds);
  const parts = [];
  for (const [unit, size] of [
    ["d", 86400],
    ["h", 3600],
    ["m", 60],
  ]) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  if (rest || !parts.length) parts.push(`${+rest.toFixed(2)}s`);
  return (seconds < 0 ? "-" : "") + parts.slice(0, 2).join(" ");
}
