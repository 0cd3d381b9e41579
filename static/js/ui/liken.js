// @ts-check
/** Makes what is on the page like what a server has sent, touching only what differs: what is open, focused or marked stays so. */

const ELEMENT = 1;

/** What whoever is at the page has chosen, and no server knows. @type {Readonly<Record<string, string>>} */
const THEIRS = Object.freeze({ DETAILS: "open" });

/**
 * Children with an id are known by it wherever they stand; others by their place.
 * @param {Element} element
 * @param {Element} wanted taken apart
 */
export function liken(element, wanted) {
  likenAttributes(element, wanted);
  let here = element.firstChild;
  for (const child of [...wanted.childNodes]) {
    const twin = twinOf(child, here);
    if (!twin) element.insertBefore(child, here);
    else {
      if (twin === here) here = here.nextSibling;
      else element.insertBefore(twin, here);
      likenNode(twin, child);
    }
  }
  while (here) {
    const next = here.nextSibling;
    element.removeChild(here);
    here = next;
  }
}

/** @param {ChildNode} node @param {ChildNode} wanted */
function likenNode(node, wanted) {
  if (node.nodeType !== ELEMENT) {
    if (node.nodeValue !== wanted.nodeValue) node.nodeValue = wanted.nodeValue;
  } else liken(/** @type {Element} */ (node), /** @type {Element} */ (wanted));
}

/** @param {Element} element @param {Element} wanted */
function likenAttributes(element, wanted) {
  const theirs = THEIRS[element.nodeName];
  for (const name of element.getAttributeNames()) {
    if (name !== theirs && !wanted.hasAttribute(name)) element.removeAttribute(name);
  }
  for (const name of wanted.getAttributeNames()) {
    const value = wanted.getAttribute(name) ?? "";
    if (name !== theirs && element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

/** What stands for this child among those from `here` on. @param {ChildNode} child @param {ChildNode | null} here */
function twinOf(child, here) {
  const id = idOf(child);
  if (!id) return here && here.nodeName === child.nodeName && !idOf(here) ? here : null;
  for (let one = here; one; one = one.nextSibling) if (idOf(one) === id) return one;
  return null;
}

/** @param {ChildNode} node */
function idOf(node) {
  return node.nodeType === ELEMENT ? /** @type {Element} */ (node).id : "";
}
