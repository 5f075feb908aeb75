// What the modules of every page need.

/** Seconds on a clock that nobody sets. */
export const now = () => performance.now() / 1000;

/** A name that nothing else has. `randomUUID` is for secure addresses alone, and a hall has http. */
export const newName = () => Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36)).join("");

/** Characters of a text that is told in passing. */
const PASSING = 40;

/** A text as it is told in passing. */
export const short = (text) => (text.length > PASSING ? `${text.slice(0, PASSING - 2).trim()}…` : text).replaceAll("\n", " ");

/** What a language is called. */
export const language = (lang) => new Intl.DisplayNames("en", { type: "language", fallback: "code" }).of(lang);

export const languages = (langs) => new Intl.ListFormat("en").format(langs.map(language));

export const byId = (id) => document.getElementById(id);
