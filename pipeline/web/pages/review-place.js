// Where the editor was: the line, the caret, what is seen of the list, and the playhead. It is kept in this browser, by
// session, and written through, so that also a browser that is killed opens there again.

const STORE = "places";

/** A place that was kept; null: none was. */
export async function kept(session) {
  const store = await opened("readonly");
  return store ? done(store.get(session)).catch(() => null) : null;
}

/** Keeps one. */
export async function keep(session, place) {
  const store = await opened("readwrite");
  store?.put(place, session);
  store?.transaction.commit();
}

let database = null;

async function opened(mode) {
  try {
    database ??= await open();
    return database.transaction(STORE, mode, { durability: "strict" }).objectStore(STORE);
  } catch {
    return null; // a browser that keeps nothing begins at the beginning
  }
}

function open() {
  const asked = indexedDB.open("livesubs desk", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
  return done(asked);
}

function done(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result ?? null);
    asked.onerror = () => reject(asked.error);
  });
}
