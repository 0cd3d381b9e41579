// @ts-check
/** The few helpers with which ui modules find and clone what the templates hold. */

/**
 * The element that a template promises; its absence is a mistake of ours.
 * @template {Element} Kind
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function need(root, selector, kind) {
  const element = root.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`The page lacks ${selector}`);
  return element;
}

/**
 * A named part of a component, as an HTML element.
 * @param {ParentNode} root
 * @param {string} name
 */
export function part(root, name) {
  return need(root, `[data-part="${name}"]`, HTMLElement);
}

/**
 * A fresh copy of a template's only element.
 * @param {HTMLTemplateElement} template
 * @returns {HTMLElement}
 */
export function copy(template) {
  const element = template.content.firstElementChild?.cloneNode(true);
  if (!(element instanceof HTMLElement)) throw new Error(`Template ${template.id} is empty`);
  return element;
}

/**
 * Writes text only where it differs, so that nothing is laid out or spoken again in vain.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Listens until the returned function is called.
 * @param {EventTarget} target
 * @param {string} type
 * @param {(event: any) => void} listener
 * @param {AddEventListenerOptions} [options]
 * @returns {() => void}
 */
export function listen(target, type, listener, options) {
  target.addEventListener(type, listener, options);
  return () => target.removeEventListener(type, listener, options);
}

/**
 * One stop() for many.
 * @param {Array<() => void>} endings
 * @returns {{stop: () => void}}
 */
export function stopAll(endings) {
  return {
    stop() {
      for (const end of endings.splice(0)) end();
    },
  };
}

/**
 * Swaps the symbol an icon shows.
 * @param {Element} button
 * @param {string} icon id of a symbol in _icons.html
 */
export function setIcon(button, icon) {
  const use = button.querySelector("use");
  if (use && use.getAttribute("href") !== `#${icon}`) use.setAttribute("href", `#${icon}`);
}
