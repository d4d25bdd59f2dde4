/** Colours of the page for a canvas. */

/** What a CSS colour is just now, for a canvas: custom properties and forced colours are carried out. */
export function colourOf(place: ParentNode, colour: string): string {
  const probe = document.createElement('i');
  probe.style.color = colour;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
