// @ts-check
/** The page's own life: the socket rests while the browser puts the page away, and returns with page and network. */

/** @import { SocketPort } from "./socket.js" */

/**
 * @param {object} parts
 * @param {EventTarget} parts.window hears of the network, and of pages that go and come (also from the bfcache)
 * @param {EventTarget & {readonly visibilityState: string}} parts.document hears of hiding and freezing
 * @param {Pick<SocketPort, "suspend" | "wake" | "online">} parts.socket
 * @param {() => void} parts.onReturn the viewer is back: look at clock and picture again
 * @returns {{stop: () => void}}
 */
export function followPageLife({ window, document, socket, onReturn }) {
  const comeBack = () => {
    socket.wake();
    onReturn();
  };
  /** @type {[EventTarget, string, (event: any) => void][]} */
  const listeners = [
    [window, "online", () => socket.online()],
    [document, "visibilitychange", () => document.visibilityState === "visible" && comeBack()],
    // An open socket would keep the page out of the bfcache; a frozen page cannot answer on it.
    [window, "pagehide", () => socket.suspend()],
    [document, "freeze", () => socket.suspend()],
    [window, "pageshow", (/** @type {PageTransitionEvent} */ { persisted }) => persisted && comeBack()],
    [document, "resume", comeBack],
  ];
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
  return {
    stop() {
      for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
    },
  };
}
