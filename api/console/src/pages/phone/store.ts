// Where the phone keeps what waits: IndexedDB, so that it survives a reload, a flat battery and a day without network.
import type { Item } from "./queue";

const NAME = "watchgrid-field";
const STORE = "outbox";
let opened: Promise<IDBDatabase | null> | null = null;

/** Open the store; null where the browser has none (some private windows): then things wait in memory only. */
function database(): Promise<IDBDatabase | null> {
  opened ??= new Promise((resolve) => {
    try {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
  return opened;
}

function done(run: (store: IDBObjectStore) => IDBRequest): (found: IDBDatabase | null) => Promise<unknown> {
  return (found) =>
    new Promise((resolve, reject) => {
      if (!found) return resolve(undefined);
      const transaction = found.transaction(STORE, "readwrite", { durability: "strict" });
      const request = run(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB"));
    });
}

/** All that waits, in the order it was said. */
export async function kept(): Promise<Item[]> {
  const items = ((await database().then(done((store) => store.getAll()))) ?? []) as Item[];
  return items.sort((a, b) => a.order - b.order);
}

/** Keep an item, or what has become of it; it is on the disk when this is done. */
export const keep = (item: Item): Promise<unknown> => database().then(done((store) => store.put(item)));

export const drop = (id: string): Promise<unknown> => database().then(done((store) => store.delete(id)));

/** Whether what waits outlives this page. */
export const outlives = async (): Promise<boolean> => (await database()) !== null;

/** Ask the browser not to clear it when the disk is full. */
export function keepForGood(): void {
  void navigator.storage?.persist?.().catch(() => false);
}
