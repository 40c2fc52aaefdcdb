/** The keyboard of playback. Single keys can be switched off (WCAG 2.1.4); inside a field they do nothing. */
import { useEffect } from 'react'

export interface Acts {
  toggle: () => void
  step_s: (seconds: number) => void
  frame: (direction: 1 | -1) => void
  segment: (direction: 1 | -1) => void
  speed: (direction: 1 | -1) => void
  pause: () => void
  mark: (which: 'in' | 'out') => void
  jump: () => void
  full: () => void
  request: () => void
  newest: () => void
  help: () => void
}

/** The act that a key asks for, or null. `plain` is false when single-key shortcuts are off. */
export function actOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>, acts: Acts, plain: boolean): (() => void) | null {
  if (event.altKey || event.metaKey) return null
  const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : null
  if (direction !== null) {
    if (event.ctrlKey) return () => acts.segment(direction)
    if (event.shiftKey) return () => acts.frame(direction)
    return () => acts.step_s(5 * direction)
  }
  if (event.ctrlKey) return null
  if (event.key === 'End') return acts.newest
  if (!plain) return null
  switch (event.key) {
    case ' ':
      return acts.toggle
    case '[':
      return () => acts.mark('in')
    case ']':
      return () => acts.mark('out')
    case '?':
      return acts.help
  }
  switch (event.key.toLowerCase()) {
    case 'j':
      return () => acts.speed(-1)
    case 'k':
      return acts.pause
    case 'l':
      return () => acts.speed(1)
    case 't':
      return acts.jump
    case 'f':
      return acts.full
    case 'e':
      return acts.request
  }
  return null
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable)
}

export function useKeys(acts: Acts, plain: boolean): void {
  useEffect(() => {
    const heard = (event: KeyboardEvent): void => {
      if (typing(event.target)) return
      // a focused button keeps its own Space
      if (event.key === ' ' && event.target instanceof HTMLButtonElement) return
      const act = actOf(event, acts, plain)
      if (act === null) return
      event.preventDefault()
      act()
    }
    addEventListener('keydown', heard)
    return () => removeEventListener('keydown', heard)
  })
}
