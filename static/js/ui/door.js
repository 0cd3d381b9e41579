// @ts-check
/**
 * The door: a name, a colour, one button. Who is known only sees the button; who has signed in is
 * called as their account is, which the page's name field holds from the start.
 */

import { copy, listen, need, part, say, stopAll } from "./dom.js";
import { cityOfZone, initial } from "./format.js";

/** @import { Profile } from "../room/identity.js" */

const LABEL = "Join and play with sound";

/** In the order of the colours a name may have. */
const COLOR_NAMES = [
  ...["Tomato", "Amber", "Olive", "Green", "Teal", "Blue"],
  ...["Indigo", "Violet", "Purple", "Pink", "Clay", "Slate"],
];

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {HTMLTemplateElement} needs.swatch
 * @param {readonly string[]} needs.colors
 * @param {Profile} needs.profile as remembered
 * @param {string} needs.timezone
 * @param {(profile: Profile, password: string) => void} needs.join the password is empty where nobody asked for one
 */
export function mountDoor({ root, swatch, colors, profile, timezone, join }) {
  const form = need(root, "#door-form", HTMLFormElement);
  const name = need(root, "#door-name", HTMLInputElement);
  const city = need(root, "#door-city", HTMLInputElement);
  const known = need(root, "#door-known", HTMLElement);
  const fields = need(root, "#door-fields", HTMLElement);
  const button = need(root, "#door-join", HTMLButtonElement);
  const error = need(root, "#door-error", HTMLElement);
  const secret = need(root, "#door-secret", HTMLElement);
  const password = need(root, "#door-password", HTMLInputElement);
  const passwordError = need(root, "#door-password-error", HTMLElement);
  const guess = cityOfZone(timezone);

  const choose = drawSwatches(need(root, "#door-colors", HTMLElement), swatch, colors, profile.color);
  const account = name.defaultValue;
  const called = account || profile.name;
  name.value = called;
  city.checked = profile.shareCity;
  say(need(root, "#door-city-guess", HTMLElement), guess ? `(${guess}, from your time zone)` : "(from your time zone)");
  say(part(known, "name"), called);
  part(known, "disc").style.setProperty("--person", profile.color);
  say(part(known, "disc"), initial(called || "?"));

  /** @param {boolean} isKnown */
  const show = (isKnown) => {
    known.hidden = !isKnown;
    fields.hidden = isKnown;
  };
  /**
   * @param {string} sentence
   * @param {boolean} [aboutName] whether the name is what is wrong
   */
  const complain = (sentence, aboutName = false) => {
    error.hidden = sentence === "";
    say(error, sentence);
    name.setAttribute("aria-invalid", String(aboutName));
  };

  /** @param {string} sentence what is wrong with the password; empty: nothing */
  const complainOfPassword = (sentence) => {
    passwordError.hidden = sentence === "";
    say(passwordError, sentence);
    password.setAttribute("aria-invalid", String(sentence !== ""));
  };

  show(profile.name !== "");
  button.hidden = false;
  if (profile.name !== "") button.focus({ preventScroll: true });

  return {
    /** @param {boolean} visible */
    show(visible) {
      root.hidden = !visible;
    },
    /** @param {boolean} busy */
    wait(busy) {
      button.disabled = busy;
      say(part(button, "label"), busy ? "Opening the door…" : LABEL);
    },
    complain,
    /**
     * The room wants its password, or another one.
     * @param {string} sentence what was wrong with the last
     */
    askPassword(sentence) {
      secret.hidden = false;
      complainOfPassword(sentence);
      password.focus();
      password.select();
    },
    /** @param {number} seconds until the next try; 0: now */
    holdBack(seconds) {
      button.disabled = seconds > 0;
      say(part(button, "label"), seconds > 0 ? `Try again in ${seconds} s` : LABEL);
    },
    /** It was the right one, and is nobody's business any more. */
    forgetPassword() {
      password.value = "";
      secret.hidden = true;
    },
    ...stopAll([
      listen(part(known, "change"), "click", () => {
        show(false);
        if (account) return need(fields, "input:checked", HTMLInputElement).focus();
        name.focus();
        name.select();
      }),
      listen(name, "input", () => complain("")),
      listen(password, "input", () => complainOfPassword("")),
      listen(form, "submit", (/** @type {Event} */ event) => {
        event.preventDefault();
        const chosen = name.value.trim();
        if (chosen === "") {
          show(false);
          complain("Tell the others what to call you.", true);
          name.focus();
          return;
        }
        if (!secret.hidden && password.value === "") {
          complainOfPassword("Type the password you were told.");
          password.focus();
          return;
        }
        join({ name: chosen, color: choose(), shareCity: city.checked }, secret.hidden ? "" : password.value);
      }),
    ]),
  };
}

/**
 * @param {HTMLElement} box
 * @param {HTMLTemplateElement} template
 * @param {readonly string[]} colors
 * @param {string} chosen
 * @returns {() => string} the colour chosen now
 */
function drawSwatches(box, template, colors, chosen) {
  // A colour from another time or client stays choosable.
  const offered = colors.includes(chosen) ? colors : [chosen, ...colors.slice(1)];
  for (const [index, color] of offered.entries()) {
    const swatch = copy(template);
    const input = need(swatch, "input", HTMLInputElement);
    swatch.style.setProperty("--person", color);
    input.value = color;
    input.checked = color === chosen;
    input.setAttribute("aria-label", COLOR_NAMES[index] ?? `Colour ${index + 1}`);
    box.append(swatch);
  }
  return () => {
    const checked = box.querySelector("input:checked");
    return checked instanceof HTMLInputElement ? checked.value : chosen;
  };
}
