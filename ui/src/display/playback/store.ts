/** What the playback controls show; written by the deck at each frame, read by whoever must redraw. */
import { create } from 'zustand'

export interface PlayerFacts {
  position_ms: number
  shown_s: number
  playing: boolean
  speed: number
  waiting: boolean
  in_ms: number | null
  out_ms: number | null
}

const EMPTY: PlayerFacts = { position_ms: 0, shown_s: 0, playing: false, speed: 1, waiting: false, in_ms: null, out_ms: null }

export const usePlayer = create<PlayerFacts>(() => EMPTY)

export function resetPlayer(position_ms: number): void {
  usePlayer.setState({ ...EMPTY, position_ms })
}

/** Sets one mark; the other is dropped when the two would cross. */
export function setMark(which: 'in' | 'out', t_ms: number): void {
  usePlayer.setState((facts) =>
    which === 'in'
      ? { in_ms: t_ms, out_ms: facts.out_ms !== null && facts.out_ms <= t_ms ? null : facts.out_ms }
      : { out_ms: t_ms, in_ms: facts.in_ms !== null && facts.in_ms >= t_ms ? null : facts.in_ms },
  )
}
