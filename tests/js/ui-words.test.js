// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { when } from "../../static/js/ui/banner.js";
import { filmState } from "../../static/js/ui/film-state.js";
import {
  boundDuration,
  boundText,
  cityOfZone,
  clockTime,
  deedSentence,
  difference,
  driftSentence,
  durationText,
  initial,
  rateText,
  roundDuration,
  signed,
  signedDuration,
  spokenTime,
} from "../../static/js/ui/format.js";
import { asksPassword, passwordWords, secondsLeft, wordsFor } from "../../static/js/ui/gone.js";
import { checkAddress, fileName } from "../../static/js/ui/source-dialog.js";
import { shownState } from "../../static/js/ui/sync-status.js";
import { isMeasured, wordFor } from "../../static/js/ui/status-words.js";

const DEED = { name: "Ada", own: false, kind: "pause", positionS: 724.9, rate: 1, title: "", ended: false, together: false };
const STATUS = /** @type {const} */ ({
  driftMs: 3, boundMs: 1, rttMs: 4, rate: 1, bufferS: 9, startMs: 70, droppedFrames: 0, state: "synced",
}); // prettier-ignore

test("an unknown or broken position shows dashes, never NaN", () => {
  for (const positionS of [null, NaN, Infinity]) assert.equal(clockTime(positionS), "–:––");
});

test("positions read as a clock shows them and are spoken as people speak", () => {
  assert.deepEqual([0, 7.9, 724.6, 3753].map(clockTime), ["0:00", "0:07", "12:04", "1:02:33"]);
  assert.equal(clockTime(-3), "0:00");
  assert.deepEqual([0, 61, 3600].map(spokenTime), ["beginning", "1 minute 1 second", "1 hour"]);
});

test("a figure that rounds to nothing has no sign, and minus is a minus", () => {
  assert.deepEqual([-0.4, 0.4, -3, 3].map((value) => signed(value)), ["0", "0", "−3", "+3"]);
});

test("differences take the unit that reads best", () => {
  assert.deepEqual(difference(-3.2), { figure: "3", unit: "ms" });
  assert.deepEqual(difference(999.6), { figure: "1.0", unit: "s" });
  assert.deepEqual(difference(180_000), { figure: "3", unit: "min" });
  assert.deepEqual(difference(Infinity), { figure: "–", unit: "ms" });
});

test("the drift is told as the look asks, and a bound is never rounded down", () => {
  assert.equal(driftSentence(3, 1), "You are 3 ms behind, ±1 ms.");
  assert.equal(driftSentence(-12.2, 0.3), "You are 12 ms ahead, ±1 ms.");
  assert.equal(driftSentence(0.2, Infinity), "You are exactly in step.");
  assert.deepEqual([1.01, 999.2, 1040, 99_901].map(boundText), ["2 ms", "1.0 s", "1.1 s", "2 min"]);
});

test("lengths of time take the unit that reads best, with three figures", () => {
  assert.deepEqual([0, 0.0025, 0.5, 9.996, 72, 999.6, 1728, -60_480, 303_000].map(durationText), [
    "0 ms", "2.50 µs", "0.50 ms", "10.0 ms", "72.0 ms", "1.00 s", "1.73 s", "60.5 s", "5 min 3 s",
  ]); // prettier-ignore
  assert.deepEqual([-3, 0, 1e-9, 3].map(signedDuration), ["−3.00 ms", "0 ms", "0.00 µs", "+3.00 ms"]);
  assert.deepEqual([30, 6000, -13_500].map(roundDuration), ["30 ms", "6 s", "−13.5 s"]);
  assert.deepEqual([0.0021, 0.07, 2.011, 20.11, 999.2, 1041, 99_901].map(boundDuration), [
    "2.10 µs", "0.07 ms", "2.02 ms", "20.2 ms", "1.00 s", "1.05 s", "1 min 40 s",
  ]); // prettier-ignore
});

test("who did what is one short sentence", () => {
  assert.equal(deedSentence(DEED), "Ada paused at 12:04.");
  assert.equal(deedSentence({ ...DEED, own: true, kind: "seek" }), "You jumped to 12:04.");
  assert.equal(deedSentence({ ...DEED, name: null, kind: "seek", positionS: 0 }), "The film begins again.");
  assert.equal(deedSentence({ ...DEED, kind: "rate", rate: 1.25 }), "Ada set the speed to 1.25×.");
  assert.equal(deedSentence({ ...DEED, name: null, ended: true }), "The film is over.");
  assert.equal(deedSentence({ ...DEED, kind: "source", title: "Metropolis" }), "Ada changed the film to “Metropolis”.");
  assert.equal(deedSentence({ ...DEED, kind: "source" }), "Ada changed the film.");
  assert.equal(deedSentence({ ...DEED, kind: "play" }), "Ada pressed play at 12:04.");
  assert.equal(deedSentence({ ...DEED, kind: "play", together: true }), "Ada starts it for all together at 12:04.");
  assert.equal(deedSentence({ ...DEED, own: true, kind: "play", together: true }), "You start it for all together at 12:04.");
});

test("a rate is shown to the thousandth at most", () => {
  assert.deepEqual([1, 0.75, 1.0804].map(rateText), ["1×", "0.75×", "1.08×"]);
});

test("cities come out of zones that have one", () => {
  assert.deepEqual(["America/New_York", "UTC", "Etc/GMT+3", ""].map(cityOfZone), ["New York", "", "", ""]);
});

test("an initial is what a reader takes for the first letter", () => {
  assert.deepEqual(["ada", " 👩‍🚀 Zoë", "", "ß"].map(initial), ["A", "👩‍🚀", "?", "SS"]);
});

test("every reason to stay away has words, and an unknown one takes the server's", () => {
  for (const code of [4401, 4403, 4404, 4409, 4410, 4423]) {
    assert.notEqual(wordsFor({ code, errorCode: null, message: "" }).title, "The room let go of you.");
  }
  assert.equal(wordsFor({ code: 4423, errorCode: "room_full", message: "" }).title, "The room is full.");
  assert.equal(wordsFor({ code: 4499, errorCode: null, message: "Because." }).words, "Because.");
  assert.equal(wordsFor({ code: 4404, errorCode: null, message: "" }).again, null);
});

test("who is to sign in reads what is wrong with it, and may try again", () => {
  const words = wordsFor({ code: 4401, errorCode: "unauthorised", message: "This token has expired. Get a new one." });
  assert.equal(words.words, "This token has expired. Get a new one.");
  assert.equal(wordsFor({ code: 4401, errorCode: null, message: "" }).words, "Sign in, then try again.");
  assert.equal(words.again, "Try again");
});

test("who may not come in reads what is open to them, and of the end of a party its reason", () => {
  assert.match(wordsFor({ code: 4403, errorCode: "banned", message: "You may not come in." }).words, /Other rooms are open/);
  const over = wordsFor({ code: 4410, errorCode: null, message: "The owner has ended the party." });
  assert.equal(over.words, "The owner has ended the party. Start a room of your own whenever you like.");
});

test("a password is the door's business, with a word where the last one was wrong and a pause after too many", () => {
  const gone = { code: 4423, errorCode: "password_required", message: "", reason: null, retryAtMs: null };
  assert.equal(asksPassword(gone), true);
  assert.equal(asksPassword({ ...gone, errorCode: "locked" }), false);
  assert.equal(asksPassword(null), false);
  assert.equal(passwordWords(gone), "");
  assert.equal(passwordWords({ ...gone, errorCode: "wrong_password" }), "That is not the password. Try again.");
  assert.equal(passwordWords({ ...gone, errorCode: "wrong_password", retryAtMs: 5000 }), "Those were too many tries. Take a breath.");
  assert.deepEqual([secondsLeft(gone, 0), secondsLeft({ ...gone, retryAtMs: 5000 }, 900), secondsLeft({ ...gone, retryAtMs: 5000 }, 6000)], [0, 5, 0]);
});

test("a retry counts down and then says that it is under way", () => {
  assert.equal(when(5200, 1000), "Next try in 5 s.");
  assert.equal(when(1000, 1000), "Trying now…");
  assert.equal(when(null, 1000), "Trying now…");
});

test("addresses that no browser should load are refused with a sentence", () => {
  const page = "https://csw.test/rooms/film/";
  for (const bad of ["", "  ", "javascript:alert(1)", "data:video/mp4,x", "file:///etc/passwd", "http://far.test/a.mp4", "https://"]) {
    assert.equal(checkAddress(bad, page).url, null, bad);
  }
  assert.match(String(checkAddress(`https://far.test/${"a".repeat(2100)}`, page).problem), /too long/);
});

test("addresses of this site stay relative, those from elsewhere whole", () => {
  const page = "http://127.0.0.1:8000/rooms/film/";
  assert.equal(checkAddress(" /media/a.webm?x=1 ", page).url, "/media/a.webm?x=1");
  assert.equal(checkAddress("http://127.0.0.1:8000/media/a.webm", page).url, "/media/a.webm");
  assert.equal(checkAddress("http://far.test/a.mp4", page).url, "http://far.test/a.mp4");
});

test("a film without a title is called by its file", () => {
  assert.equal(fileName("https://far.test/films/My%20film.mp4?x#y"), "My film.mp4");
  assert.equal(fileName("https://far.test/100%.mp4"), "100%.mp4");
});

test("the picture says why it is empty, and nothing while it plays", () => {
  const seen = { hasSource: true, errorCode: null, readyState: 4, wantsToPlay: true };
  assert.equal(filmState(seen), null);
  assert.equal(filmState({ ...seen, hasSource: false })?.kind, "empty");
  assert.match(filmState({ ...seen, hasSource: false, mayChoose: false })?.words ?? "", /^A host chooses one/);
  assert.equal(filmState({ ...seen, errorCode: 4 })?.kind, "failed");
  assert.equal(filmState({ ...seen, errorCode: 99 })?.kind, "failed");
  assert.equal(filmState({ ...seen, readyState: 0 })?.kind, "loading");
  assert.equal(filmState({ ...seen, readyState: 2 })?.kind, "buffering");
  assert.equal(filmState({ ...seen, readyState: 2, wantsToPlay: false }), null);
});

test("the dot never claims to be in step on an unset clock or a lost line", () => {
  assert.equal(shownState("joined", false, STATUS), "waiting");
  assert.equal(shownState("reconnecting", true, STATUS), "reconnecting");
  assert.equal(shownState("joined", true, STATUS), "synced");
  assert.equal(shownState("joined", false, { ...STATUS, state: "blocked" }), "blocked");
});

test("every state has a word, and a state from the future has none", () => {
  for (const state of ["synced", "adjusting", "seeking", "buffering", "hidden", "blocked", "local"]) {
    assert.notEqual(wordFor(state).word, "");
  }
  assert.equal(wordFor("levitating").word, "");
  assert.equal(isMeasured("buffering"), false);
});
