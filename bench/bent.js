// @ts-check
/**
 * Goes before everything of a page and of its Worker: bends their clocks by one law of true time. Called with the law; it leaves the true
 * clock in `unbent`, for those who measure.
 */

(/** @param {{anchorMs: number, offsetMs: number, ppm: number, stepAtMs: number, stepMs: number}} law epoch ms; the step comes at true time stepAtMs */
({ anchorMs, offsetMs, ppm, stepAtMs, stepMs }) => {
  const pace = 1 + ppm * 1e-6;
  const trueNow = performance.now.bind(performance);
  const trueOriginMs = performance.timeOrigin;
  const TrueDate = Date;
  const stepped = (/** @type {number} */ trueMs) => (trueMs >= stepAtMs ? stepMs : 0);
  const steady = (/** @type {number} */ trueMs) => offsetMs + anchorMs + (trueMs - anchorMs) * pace;
  const bentNow = (/** @type {number} */ sinceMs) => sinceMs * pace + stepped(trueOriginMs + sinceMs);
  const bentWall = (/** @type {number} */ trueMs) => Math.floor(steady(trueMs) + stepped(trueMs));

  performance.now = () => bentNow(trueNow());
  Object.defineProperty(performance, "timeOrigin", { get: () => steady(trueOriginMs) });
  globalThis.Date = new Proxy(TrueDate, {
    get: (target, name, receiver) => (name === "now" ? () => bentWall(TrueDate.now()) : Reflect.get(target, name, receiver)),
    construct: (target, given, made) => Reflect.construct(target, given.length ? given : [bentWall(TrueDate.now())], made),
    apply: () => new TrueDate(bentWall(TrueDate.now())).toString(),
  });

  const sockets = new BroadcastChannel("csw-ruler");
  if (typeof window === "undefined") {
    globalThis.WebSocket = class extends WebSocket {
      /** @param {string | URL} url */
      constructor(url) {
        super(url);
        this.addEventListener("open", () => sockets.postMessage(trueOriginMs + trueNow()));
      }
    };
    return;
  }

  const trueFrame = requestAnimationFrame.bind(globalThis);
  globalThis.requestAnimationFrame = (run) => trueFrame((atMs) => run(bentNow(atMs)));

  const trueVideoFrame = HTMLVideoElement.prototype.requestVideoFrameCallback;
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (/** @type {VideoFrameRequestCallback} */ run) {
    return trueVideoFrame.call(this, (atMs, told) => {
      const expectedDisplayTime = bentNow(told.expectedDisplayTime);
      run(bentNow(atMs), { ...told, expectedDisplayTime, presentationTime: bentNow(told.presentationTime) });
    });
  };

  /** When the Worker's sockets opened, on the window's true clock (the Worker's differs by less than a millisecond). @type {number[]} */
  const openedMs = [];
  sockets.onmessage = ({ data }) => openedMs.push(data - trueOriginMs);

  const onVideoFrame = (/** @type {HTMLVideoElement} */ video, /** @type {VideoFrameRequestCallback} */ run) => trueVideoFrame.call(video, run);
  Object.assign(globalThis, { unbent: { now: trueNow, openedMs, onVideoFrame } });
});
