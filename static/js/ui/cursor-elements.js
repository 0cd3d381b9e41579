// @ts-check
/** Few pointers: each an element that cursor.css dresses and moves between looks. */

import { copy, part, say } from "./dom.js";

/** @import { Drawn, Pointer } from "./cursors.js" */

/** What was written last. @typedef {{element: HTMLElement, user: Pointer["user"], transform: string}} Written */

export class CursorElements {
  #layer;
  #template;
  /** @type {Map<string, Written>} */
  #written = new Map();

  /** @param {{layer: HTMLElement, template: HTMLTemplateElement}} needs */
  constructor({ layer, template }) {
    this.#layer = layer;
    this.#template = template;
  }

  /** @param {ReadonlyMap<string, Pointer>} pointers @param {(pointer: Pointer) => Drawn} drawn how each is to be seen now */
  show(pointers, drawn) {
    for (const userId of this.#written.keys()) if (!pointers.has(userId)) this.#remove(userId);
    for (const [userId, pointer] of pointers) {
      const written = this.#written.get(userId) ?? this.#add(userId);
      if (written.user !== pointer.user) dress(written, pointer);
      place(written, drawn(pointer));
    }
  }

  clear() {
    for (const userId of this.#written.keys()) this.#remove(userId);
  }

  /** @param {string} userId @returns {Written} */
  #add(userId) {
    const written = { element: copy(this.#template), user: null, transform: "" };
    written.element.dataset.userId = userId;
    this.#written.set(userId, written);
    this.#layer.append(written.element);
    return written;
  }

  /** @param {string} userId */
  #remove(userId) {
    this.#written.get(userId)?.element.remove();
    this.#written.delete(userId);
  }
}

/** @param {Written} written @param {Pointer} pointer */
function dress(written, { user }) {
  written.user = user;
  if (!user) return;
  written.element.style.setProperty("--person", user.color);
  say(part(written.element, "name"), user.name);
}

/** @param {Written} written @param {Drawn} drawn */
function place(written, { x, y, left, up, tapped, idle }) {
  const { element } = written;
  const transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  if (transform !== written.transform) element.style.transform = transform;
  written.transform = transform;
  element.classList.toggle("cursor--idle", idle);
  element.classList.toggle("cursor--tap", tapped);
  element.classList.toggle("cursor--left", left);
  element.classList.toggle("cursor--up", up);
}
