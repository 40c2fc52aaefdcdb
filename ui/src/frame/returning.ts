/** Where the focus goes when a dialog or drawer is gone, and out of an open list: the keyboard neither loses its place nor is held. */

const REMEMBERED = 32 // dialogs over dialogs, and the fields that were walked through in them

/** A dialog that its page takes away does not return the focus by itself, as one that is closed does. Ends by what it returns. */
export function returnFocus(page: Document): () => void {
  const trail: HTMLElement[] = []
  const went = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement)) return
    trail.push(target)
    if (trail.length > REMEMBERED) trail.shift()
  }
  const left = new MutationObserver((changes) => {
    const lost = page.activeElement === null || page.activeElement === page.body
    if (!lost || trail.at(-1)?.isConnected !== false || !changes.some(({ removedNodes }) => removedNodes.length > 0)) return
    const back = trail.findLast((one) => one.isConnected && one.checkVisibility())
    ;(back ?? page.getElementById('content'))?.focus()
  })
  page.addEventListener('focusin', went)
  left.observe(page.body, { childList: true })
  return () => {
    page.removeEventListener('focusin', went)
    left.disconnect()
  }
}

/** Tab leaves an open list of several choices; the library would choose with it, again and again. Ends by what it returns. */
export function leaveLists(page: Document): () => void {
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'Tab' && event.target instanceof Element && event.target.closest('.ant-select-multiple.ant-select-open') !== null) event.stopPropagation()
  }
  page.addEventListener('keydown', pressed, true)
  return () => page.removeEventListener('keydown', pressed, true)
}
