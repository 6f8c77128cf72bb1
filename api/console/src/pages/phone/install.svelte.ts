// Installing the page on the phone's home screen, where the browser offers it.
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}
export const installing = $state({ ready: false });
let offered: InstallPrompt | null = null;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = event as InstallPrompt;
  installing.ready = true;
});

export async function install(): Promise<void> {
  await offered?.prompt();
  offered = null;
  installing.ready = false;
}
