/** Addresses of this page that bring back a state. */
import type { ModelOrigin } from '../../studio/model/model-facts';

/**
 * @param fragment as the studio saves its state, without "#"
 * @param origin of the model on screen: "?model=" names it for as long as it is the one on screen
 */
export function addressWith(fragment: string, origin: ModelOrigin | undefined): URL {
  const address = new URL(location.href);
  address.hash = fragment;
  if (origin !== 'url') address.searchParams.delete('model');
  return address;
}
