// Ratings that the server has not answered for, kept in this browser across reload and restart.
//
// Only ratings and random identifiers, and only as ciphertext: the key comes with each page that
// the signed-in reviewer opens, is never stored, and cannot be read out of the page again.

import { randomName } from "./values.js";

const STORE = "waiting";

function promised(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase() {
  const asked = indexedDB.open("desk", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "name" });
  return promised(asked);
}

async function act(mode, perform) {
  const database = await openDatabase();
  try {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([perform(transaction.objectStore(STORE)), done]);
    return result;
  } finally {
    database.close();
  }
}

const records = () => act("readonly", (store) => promised(store.getAll()));
const remove = (names) => act("readwrite", (store) => Promise.all(names.map((name) => promised(store.delete(name)))));

// What this reviewer's pages have left here.
export async function leftBy(owner) {
  return (await records()).filter((record) => record.owner === owner);
}

// Signing out leaves nothing of one's own behind.
export async function forget(owner) {
  await remove((await leftBy(owner)).map(({ name }) => name));
}

export class Shelter {
  #key;
  #task;
  #owner;
  #name;
  #latest = null;
  #writing = Promise.resolve();

  // None where the browser has no encryption (a page without https) or no store.
  static async open({ shelterKey, task, owner }) {
    if (!crypto.subtle || !globalThis.indexedDB) return null;
    const raw = Uint8Array.from(atob(shelterKey), (character) => character.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    return new Shelter(key, task, owner);
  }

  constructor(key, task, owner) {
    this.#key = key;
    this.#task = task;
    this.#owner = owner;
    this.#name = `${task} ${randomName()}`; // each page keeps its own: two tabs do not mix
  }

  // Remember these ratings in place of those before; of several calls at once the last one counts.
  keep(ratings) {
    this.#latest = ratings;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  // What earlier pages of this task left, oldest first, and how to let go of it once it is kept here.
  async earlier() {
    const found = (await leftBy(this.#owner)).filter(({ task, name }) => task === this.#task && name !== this.#name);
    found.sort((a, b) => a.at - b.at);
    const opened = await Promise.all(found.map((record) => this.unseal(record.sealed).catch(() => [])));
    return { ratings: opened.flat(), release: () => remove(found.map(({ name }) => name)) };
  }

  async seal(content) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(content));
    const sealed = new Uint8Array(await crypto.subtle.encrypt(this.#bound(iv), this.#key, text));
    return new Uint8Array([...iv, ...sealed]);
  }

  async unseal(bytes) {
    const text = await crypto.subtle.decrypt(this.#bound(bytes.slice(0, 12)), this.#key, bytes.slice(12));
    return JSON.parse(new TextDecoder().decode(text));
  }

  async #write() {
    const ratings = this.#latest;
    this.#latest = null;
    if (ratings === null) return;
    if (!ratings.length) await remove([this.#name]);
    else {
      const record = { name: this.#name, task: this.#task, owner: this.#owner, at: Date.now(), sealed: await this.seal(ratings) };
      await act("readwrite", (store) => promised(store.put(record)));
    }
  }

  #bound(iv) {
    return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(this.#task) };
  }
}
