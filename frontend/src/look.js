// The page's own colours, as they are right now, and colours that can be told apart on them.

export function lookOf(canvas) {
  const probe = document.createElement("i");
  canvas.append(probe);
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const [ink, faint, line, sheet] = ["ink", "faint", "line", "sheet"].map(read);
  const font = getComputedStyle(canvas).fontFamily;
  probe.remove();
  return { ink, faint, line, sheet, font, width: canvas.clientWidth, height: canvas.clientHeight };
}

// The colour, moved towards the ink until it stands out from the sheet: 3 to 1, as is asked of graphics.
export function readable(color, { ink, sheet }) {
  let shade = color;
  for (let step = 1; step < 10 && contrast(shade, sheet) < 3; step++) shade = mix(color, ink, step / 10);
  return shade;
}

export function mix(from, to, share) {
  const [a, b] = [channels(from), channels(to)];
  return `rgb(${a.map((value, place) => Math.round(value + (b[place] - value) * share)).join(",")})`;
}

export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(color) {
  const [r, g, b] = channels(color).map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function channels(color) {
  if (color.startsWith("#")) return [1, 3, 5].map((place) => parseInt(color.slice(place, place + 2), 16));
  return color
    .match(/[\d.]+/g)
    .slice(0, 3)
    .map(Number);
}
