// lit's `styleMap`, setting properties alone: the first rendering of lit's own sets a style attribute, which the
// pages' Content-Security-Policy does not allow.
import { noChange } from "lit";
import { Directive, directive } from "lit/directive.js";

class StyleMap extends Directive {
  #names = new Set();

  render() {
    return noChange;
  }

  update({ element }, [styles]) {
    const wanted = Object.entries(styles).filter(([, value]) => value !== null && value !== undefined);
    const names = new Set(wanted.map(([name]) => name));
    for (const name of this.#names) if (!names.has(name)) this.#set(element, name, "");
    for (const [name, value] of wanted) this.#set(element, name, value);
    this.#names = names;
    return noChange;
  }

  #set(element, name, value) {
    if (name.includes("-")) element.style.setProperty(name, value);
    else element.style[name] = value;
  }
}

export const styleMap = directive(StyleMap);
