// Live pictures of cameras over one WebSocket, only for what is on screen. Draws nothing itself.
type Taker = (picture: ImageBitmap) => void;
const takers = new Map<number, Set<Taker>>();
const busy = new Set<number>();
let socket: WebSocket | null = null;
let retry: ReturnType<typeof setTimeout> | undefined;
const RETRY_MS = 2_000;

/** Have each picture of a camera handed to `take`, until the returned function is called. */
export function watch(camera: number, take: Taker): () => void {
  const set = takers.get(camera) ?? new Set<Taker>();
  takers.set(camera, set);
  set.add(take);
  tell();
  return () => {
    set.delete(take);
    if (set.size === 0) takers.delete(camera);
    tell();
  };
}

let telling = false;
function tell(): void {
  if (telling) return;
  telling = true;
  queueMicrotask(() => {
    telling = false;
    const wanted = document.hidden ? [] : [...takers.keys()];
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ watch: wanted }));
    else if (wanted.length > 0 && !socket) open();
  });
}

function open(): void {
  clearTimeout(retry);
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/api/v1/live/pictures`);
  socket.binaryType = "arraybuffer";
  socket.onopen = tell;
  socket.onmessage = (event) => void show(event.data as ArrayBuffer);
  socket.onclose = () => {
    socket = null;
    if (takers.size > 0) retry = setTimeout(tell, RETRY_MS);
  };
}

async function show(message: ArrayBuffer | string): Promise<void> {
  if (typeof message === "string" || message.byteLength < 5) return;
  const camera = new DataView(message).getUint32(0);
  const set = takers.get(camera);
  if (!set || busy.has(camera)) return;
  busy.add(camera);
  try {
    const picture = await createImageBitmap(new Blob([new Uint8Array(message, 4)], { type: "image/jpeg" }));
    set.forEach((take) => take(picture));
    picture.close();
  } catch {
    // A picture cut short is skipped: the next one is half a second away.
  } finally {
    busy.delete(camera);
  }
}

document.addEventListener("visibilitychange", tell);
