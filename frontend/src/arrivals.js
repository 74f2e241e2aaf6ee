// Tiles whose answer had to be computed arrive after the page, a few at a time, nearest to the top first.

const AT_ONCE = 3;
const FAILED = "This insight could not be computed. Try again in a few minutes.";

export async function arrive(tiles, { replace, finish }) {
  const waiting = [...tiles];
  if (!waiting.length) return;
  const next = async () => {
    for (let tile = waiting.shift(); tile; tile = waiting.shift()) await fetchInto(tile, replace);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  finish();
  document.querySelector("#news").textContent = "All insights are computed.";
}

async function fetchInto(tile, replace) {
  try {
    const answer = await fetch(addressOf(tile.dataset.awaited));
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const arrived = page.querySelector("section.tile");
    if (!arrived) throw new Error("no tile");
    replace(tile, document.adoptNode(arrived));
  } catch {
    giveUp(tile);
  }
}

// The address of the page holds what it was opened with, such as signed filters.
function addressOf(part) {
  const address = new URL(location.href);
  address.searchParams.set("part", part);
  address.hash = "";
  return address;
}

// An old answer stays.
function giveUp(tile) {
  tile.removeAttribute("aria-busy");
  tile.querySelector(".awaited")?.remove();
  const coming = tile.querySelector(".coming");
  if (!coming) return;
  const words = document.createElement("p");
  words.className = "nothing failed";
  words.textContent = FAILED;
  coming.replaceWith(words);
}
