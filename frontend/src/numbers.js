import { durationName } from "./moments.js";

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const share = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

export const percent = (rate) => share.format(rate);

export function numberName(value, format = {}) {
  if (value === null || value === undefined || Number.isNaN(Number(value))) return "–";
  return `${format.prefix ?? ""}${bare(Number(value), format)}${format.postfix ?? ""}`;
}

// On an axis there is room for few characters.
export function axisName(value, format = {}) {
  if (format.kind || Math.abs(value) < 10000) return numberName(value, format);
  return `${format.prefix ?? ""}${short.format(value)}${format.postfix ?? ""}`;
}

function bare(value, { kind, decimals }) {
  const digits = Number.isFinite(decimals)
    ? new Intl.NumberFormat("en", { maximumFractionDigits: Math.min(Math.max(decimals, 0), 10) })
    : plain;
  switch (kind) {
    case "duration":
      return durationName(value);
    case "duration_ms":
      return durationName(value / 1000);
    case "percentage":
      return `${digits.format(value)}%`;
    case "percentage_scaled":
      return `${digits.format(value * 100)}%`;
    case "short":
      return short.format(value);
    default:
      return digits.format(value);
  }
}
