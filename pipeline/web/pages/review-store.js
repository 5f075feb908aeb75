// What this browser keeps while the server is away: each window by itself, so that none takes away another's; whichever is
// opened next takes over what was kept.

const name = () => Math.random().toString(36).slice(2, 10);

/** What this window calls itself, and what this browser does. */
export const WINDOW = name();
export const BROWSER = called();

/** Keeps a list under a name; an empty one is not kept. */
export function keep(name, items) {
  try {
    if (items.length) localStorage.setItem(`${name} ${WINDOW}`, JSON.stringify(items));
    else localStorage.removeItem(`${name} ${WINDOW}`);
  } catch {
    // a browser that keeps nothing has it until the page is closed
  }
}

/** All that windows kept under that name, this one's and those that are no more. */
export function kept(name) {
  try {
    const places = Object.keys(localStorage).filter((place) => place.startsWith(`${name} `));
    const items = places.flatMap((place) => JSON.parse(localStorage.getItem(place)));
    for (const place of places) localStorage.removeItem(place);
    keep(name, items);
    return items;
  } catch {
    return [];
  }
}

function called() {
  const [place, made] = ["livesubs.desk browser", name()];
  try {
    const known = localStorage.getItem(place);
    if (!known) localStorage.setItem(place, made);
    return known ?? made;
  } catch {
    return made;
  }
}
