/**
 * Calls `leave` when the page goes away: its tab is closed, it is left, or a telephone puts it aside.
 *
 * A page that the browser kept and shows again has lost its viewings; it is loaded anew, since a viewing needs an entry.
 * Returns the way to stop listening.
 */
export function onLeavingPage(leave: () => void): () => void {
  const shown = (event: PageTransitionEvent): void => {
    if (event.persisted) location.reload()
  }
  addEventListener('pagehide', leave)
  addEventListener('pageshow', shown)
  return () => {
    removeEventListener('pagehide', leave)
    removeEventListener('pageshow', shown)
  }
}
