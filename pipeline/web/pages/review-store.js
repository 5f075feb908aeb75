// What this browser keeps: where the editor was, and what the server does not have yet. It is written through, so that also a
// browser that is killed has it; what a page that is being left has no time to write goes where it is kept at once. Each
// window keeps for itself, so that none takes away another's; whichever is opened next takes over what was kept.

const STORES = ["places", "kept"];
const LATE = "livesubs.desk late ";
/** Milliseconds until what could not be written is tried again. */
const AGAIN = 1000;
const name = () => Math.random().toString(36).slice(2, 10);

/** Null where this browser keeps nothing, or a newer desk has it now: then this page has all until it is closed. */
let database = await opened().catch(() => null);
/** What was kept before this window was opened. */
const left = new Map((await lists().catch(() => [])).filter(([, items]) => Array.isArray(items)));
/** What is to be written, and what is being written: the last of each place. What could not be is to be written again. */
const [unwritten, begun] = [new Map(), new Map()];
let [busy, failed] = [false, database === null];

/** What this window calls itself, and what this browser does. */
export const WINDOW = name();
export const BROWSER = await called().catch(name);

for (const [place, items] of late()) {
  left.set(place, items);
  write("kept", place, items);
}
addEventListener("pagehide", () => [...begun.values(), ...unwritten.values()].forEach(hold));
addEventListener("pageshow", ({ persisted }) => persisted && late(WINDOW));

/** Whether all that was to be kept is on this machine's disk. */
export const safe = () => !busy && !failed;

/** Keeps a list under a name; an empty one is not kept. */
export function keep(name, items) {
  write("kept", `${name} ${WINDOW}`, items.length ? items : undefined);
}

/** All that was kept under that name before this window was opened, which has it, too, from now on: also of a window that is
 * open still, since whatever both send is done once. */
export function kept(name) {
  const places = [...left.keys()].filter((place) => place.startsWith(`${name} `));
  const items = places.flatMap((place) => left.get(place));
  for (const place of places) write("kept", place, undefined);
  keep(name, items);
  return items;
}

/** Keeps a value in a store; undefined: none any more. */
export function write(store, place, value) {
  unwritten.set(`${store} ${place}`, { store, place, value });
  if (!busy) send();
}

/** A value that was kept; null: none was. */
export const read = async (store, place) => done(database.transaction(store).objectStore(store).get(place)).catch(() => null);

async function send() {
  busy = true;
  await null; // what is done together is written together
  while (unwritten.size) {
    for (const [name, one] of unwritten) begun.set(name, one);
    unwritten.clear();
    failed = !(await all([...begun.values()]).then(() => true, () => false));
    if (failed) for (const [name, one] of begun) if (!unwritten.has(name)) unwritten.set(name, one);
    begun.clear();
    if (failed) await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
  busy = false;
}

async function all(values) {
  database ??= await opened();
  const transaction = database.transaction(STORES, "readwrite", { durability: "strict" });
  for (const { store, place, value } of values) {
    if (value === undefined) transaction.objectStore(store).delete(place);
    else transaction.objectStore(store).put(value, place);
  }
  transaction.commit();
  return new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Keeps what has no time to be written. */
function hold({ store, place, value }) {
  try {
    if (store === "kept") localStorage.setItem(`${LATE}${place}`, JSON.stringify(value ?? []));
  } catch {
    // then it is what was written before
  }
}

/** What was kept so, once; of one window, or of all. */
function late(window = "") {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(LATE) && name.endsWith(window));
    const found = names.map((name) => [name.slice(LATE.length), JSON.parse(localStorage.getItem(name))]);
    for (const name of names) localStorage.removeItem(name);
    return found;
  } catch {
    return [];
  }
}

async function lists() {
  const store = database.transaction("kept").objectStore("kept");
  const [places, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
  return places.map((place, at) => [place, values[at]]);
}

/** The name that the first window gave this browser. */
async function called() {
  const store = database.transaction("kept", "readwrite", { durability: "strict" }).objectStore("kept");
  const known = await done(store.get("browser"));
  if (known) return known;
  const made = name();
  store.put(made, "browser");
  return made;
}

async function opened() {
  const asked = indexedDB.open("livesubs desk", 2);
  asked.onupgradeneeded = () => {
    const there = asked.result.objectStoreNames;
    for (const store of STORES) if (!there.contains(store)) asked.result.createObjectStore(store);
  };
  const found = await done(asked);
  found.onversionchange = found.onclose = () => (found.close(), (database = null));
  return found;
}

function done(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result ?? null);
    asked.onerror = () => reject(asked.error);
    asked.onblocked = () => reject(new Error("another window has an older desk open"));
  });
}
