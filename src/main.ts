/**
 * Entry of the page: defines the elements, and lets the page work without a network from the next visit on. While developing there is
 * no service worker: it would serve yesterday's code.
 */
import './ui/trifold-app';

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI)).catch((error: unknown) => {
    console.info('The page will need the network next time; its service worker was refused:', error);
  });
}
