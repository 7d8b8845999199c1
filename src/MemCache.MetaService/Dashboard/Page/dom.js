// Small helpers over the DOM. Text is only ever set as text: nothing that comes from a server becomes markup.

const svgNamespace = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

function build(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === true) {
      node.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value);
    }
  }

  node.append(...children);
  return node;
}

/** An HTML element; false, null and undefined attributes are left out. */
export const el = (name, attributes, ...children) => build(document.createElement(name), attributes, children);

/** An SVG element. */
export const svg = (name, attributes, ...children) =>
  build(document.createElementNS(svgNamespace, name), attributes, children);

/** Sets a text only if it is another one: no needless work for the browser, no flicker, no repeated announcement. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value);
  }
}

/** Says something to a screen reader. */
export const announce = (text) => setText(byId("announcer"), text);

/** Makes the children of a list those of `items`, in order, and keeps the elements whose key is still there. */
export function reconcile(list, items, keyOf, make, update) {
  const old = new Map();
  for (const child of list.children) {
    old.set(child.dataset.key, child);
  }

  let place = list.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let node = old.get(key);
    old.delete(key);
    if (!node) {
      node = make(item);
      node.dataset.key = key;
    }

    update(node, item);
    if (node === place) {
      place = place.nextElementSibling;
    } else {
      list.insertBefore(node, place);
    }
  }

  for (const node of old.values()) {
    node.remove();
  }
}
