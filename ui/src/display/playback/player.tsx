/** The player: pictures, controls, timeline under one clock. */
import { App } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from '@tanstack/react-router'

import { useSession } from '../../frame/context'
import { clock } from '../../frame/time'
import { Deck } from '../player/deck'
import { Watermark } from '../player/overlay'
import { otherSpeed } from '../player/sync'
import type { Track } from '../player/track'
import type { Row } from '../timeline/paint'
import { neighbour, nextStart, union } from '../timeline/runs'
import { bounded, panned, zoomed, type Window } from '../timeline/scale'
import { Timeline } from '../timeline/timeline'
import { Controls } from './controls'
import { useKeys, type Acts } from './keys'
import type { Opened } from './page'
import { resetPlayer, setMark, usePlayer } from './store'
import { PlaybackTile } from './tile'

const FIRST_BACK_MS = 60_000 // playback opens a minute before the newest picture
const DEFAULT_FPS = 25
const NEWEST_BACK_MS = 5_000
// the server's media line begins this long before the view, so that a fragment across its border has a positive time
const LINE_BEFORE_MS = 60_000
const PREVIEW_MS = 60 // no more previews are asked than the eye can use
const FIRST_SPAN_MS = 3_600_000

interface Props {
  opened: Opened
  at_ms: number | null
  onLeave: () => void
}

/** A deck that lives as long as the player. */
function useDeck(props: Props, rows: React.RefObject<Row[]>, skipped: () => void): Deck | null {
  const { opened, at_ms } = props
  const [deck, setDeck] = useState<Deck | null>(null)
  useEffect(() => {
    const first = at_ms !== null && at_ms >= opened.start_ms && at_ms < opened.end_ms ? at_ms : Math.max(opened.start_ms, opened.end_ms - FIRST_BACK_MS)
    resetPlayer(first)
    let shown = 0
    const made = new Deck({
      start_ms: opened.start_ms,
      end_ms: opened.end_ms,
      onState: (state) => {
        // the figures change ten times a second; the timeline reads the clock itself at each frame
        const tenth = Math.round(state.position_ms / 100)
        const facts = usePlayer.getState()
        if (tenth === shown && facts.playing === state.playing && facts.speed === state.speed && facts.waiting === state.waiting) return
        shown = tenth
        usePlayer.setState(state)
      },
      nextRun: (t_ms) => nextStart(union(rows.current.map((row) => row.coverage)), t_ms),
      onSkipped: skipped,
    })
    made.seek(first)
    setDeck(made)
    return () => made.close()
  }, [opened, at_ms, rows, skipped])
  return deck
}

export function Player(props: Props) {
  const { opened, onLeave } = props
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { asks } = useSession()
  const navigate = useNavigate()
  const rows = useRef<Row[]>([])
  const stage = useRef<HTMLDivElement>(null)
  const jumpField = useRef<HTMLInputElement>(null)
  const tracks = useRef(new Map<string, Track>())
  const skipped = useCallback(() => void message.info(t('playback.skipped')), [message, t])
  const deck = useDeck(props, rows, skipped)
  const [preview, setPreview] = useState<{ url: string; utc_ms: number } | null>(null)
  const [help, setHelp] = useState(false)
  const [plain, setPlain] = useState(true)
  const inSight = useCallback((window: Window): Window => (opened.view.marked ? bounded(window, opened.start_ms, opened.end_ms) : window), [opened])
  const [seen, setSeen] = useState<Window>(() => {
    const span = Math.min(FIRST_SPAN_MS, opened.end_ms - opened.start_ms)
    const centre = props.at_ms ?? opened.end_ms - span * 0.4
    return inSight({ from_ms: centre - span * 0.5, to_ms: centre + span * 0.5 })
  })

  const onTrack = useCallback((camera: string, track: Track | null) => {
    if (track === null) tracks.current.delete(camera)
    else tracks.current.set(camera, track)
  }, [])
  const position = useCallback(() => deck?.position_ms ?? opened.end_ms - FIRST_BACK_MS, [deck, opened.end_ms])
  const seek = useCallback((t_ms: number) => {
    deck?.seek(t_ms)
  }, [deck])

  const lastPreview = useRef(0)
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  const scrub = useCallback((t_ms: number | null) => {
    clearTimeout(waiting.current)
    if (t_ms === null) {
      setPreview(null)
      return
    }
    const ask = (): void => {
      lastPreview.current = performance.now()
      tracks.current.values().next().value?.preview(t_ms)
    }
    const rest_ms = PREVIEW_MS - (performance.now() - lastPreview.current)
    // the last move before the pointer stands still is the one that counts: it waits its turn, and is not dropped
    if (rest_ms <= 0) ask()
    else waiting.current = setTimeout(ask, rest_ms)
  }, [])
  const onPreview = useCallback((jpeg: Blob, utc_ms: number) => {
    setPreview({ url: URL.createObjectURL(jpeg), utc_ms })
  }, [])
  useEffect(() => () => {
    if (preview !== null) URL.revokeObjectURL(preview.url)
  }, [preview])

  const fps = opened.cameras[0]?.fps ?? DEFAULT_FPS
  const reveal = useCallback((t_ms: number) => {
    setSeen((window) => (t_ms >= window.from_ms && t_ms <= window.to_ms ? window : panned(window, t_ms - (window.from_ms + window.to_ms) / 2)))
  }, [])
  const go = useCallback((t_ms: number) => {
    seek(t_ms)
    reveal(t_ms)
  }, [seek, reveal])

  const placed = useRef(props.at_ms !== null)
  const onRows = useCallback((next: Row[]) => {
    rows.current = next
    const runs = union(next.map((row) => row.coverage))
    const last = runs.at(-1)
    if (placed.current || deck === null || last === undefined) return
    placed.current = true
    // a camera that no longer records opens at the end of what it recorded
    if (nextStart(runs, position()) === null) go(Math.max(last[0], last[1] - FIRST_BACK_MS))
  }, [deck, go, position])

  const acts = useMemo<Acts>(() => {
    const runs = () => union(rows.current.map((row) => row.coverage))
    return {
      toggle: () => (deck?.playing === true ? deck.pause() : deck?.play()),
      step_s: (seconds) => go(position() + seconds * 1000),
      frame: (direction) => {
        if (deck?.playing === true) deck.pause()
        seek(position() + (direction * 1000) / fps)
      },
      segment: (direction) => {
        const to = neighbour(runs(), position(), direction)
        if (to !== null) go(to)
      },
      speed: (direction) => deck?.setSpeed(otherSpeed(deck.speed, direction)),
      pause: () => deck?.pause(),
      mark: (which) => {
        if (!opened.view.marked) setMark(which, Math.round(position()))
      },
      jump: () => {
        jumpField.current?.focus()
        jumpField.current?.select()
      },
      full: () => void stage.current?.requestFullscreen().catch(() => undefined),
      request: () => {
        if (opened.view.marked) return
        const { in_ms, out_ms } = usePlayer.getState()
        const middle = Math.round(position())
        void navigate({
          to: asks ? '/requests/new' : '/requests/own',
          search: { cameras: opened.cameras.map((camera) => camera.id).join(','), from: in_ms ?? middle - 60_000, to: out_ms ?? (in_ms === null ? middle + 60_000 : middle) },
        })
      },
      newest: () => go(opened.end_ms - NEWEST_BACK_MS),
      help: () => setHelp((shown) => !shown),
    }
  }, [asks, deck, fps, go, navigate, opened, position, seek])
  useKeys(acts, plain)

  // Space after a click would press that button again (a second snapshot is a second entry): the pointer leaves no focus
  const leaveButton = (event: React.MouseEvent): void => {
    if (event.detail > 0 && document.activeElement instanceof HTMLButtonElement) document.activeElement.blur()
  }

  const cameras = useMemo(() => opened.cameras.map(({ id, name }) => ({ id, name })), [opened])
  const in_ms = usePlayer((facts) => facts.in_ms)
  const out_ms = usePlayer((facts) => facts.out_ms)
  const side = opened.cameras.length > 1 ? 2 : 1
  return (
    <div className="display">
      <div className="player" onClick={leaveButton}>
        <div className="stage" ref={stage} style={{ '--side': String(side) } as React.CSSProperties}>
          {deck !== null &&
            opened.cameras.map((camera, index) => (
              <PlaybackTile
                key={camera.id}
                camera={camera}
                view={opened.view}
                deck={deck}
                origin_ms={opened.start_ms - LINE_BEFORE_MS}
                end_ms={opened.end_ms}
                onTrack={onTrack}
                onPreview={index === 0 ? onPreview : () => undefined}
                onExpired={onLeave}
              />
            ))}
          {preview !== null && (
            <div className="preview">
              <img src={preview.url} alt="" />
              <Watermark mark={opened.view.watermark} />
              {clock(preview.utc_ms)}
            </div>
          )}
        </div>
        <Controls
          acts={acts}
          go={go}
          onSpeed={(speed) => deck?.setSpeed(speed)}
          onZoom={(factor) => setSeen((window) => inSight(zoomed(window, factor, position())))}
          onLeave={onLeave}
          jumpField={jumpField}
          help={help}
          onHelp={setHelp}
          plain={plain}
          onPlain={setPlain}
          outside={opened.view.marked}
        />
        <Timeline
          cameras={cameras}
          window={seen}
          granted={[opened.start_ms, opened.end_ms]}
          only={opened.view.marked}
          marks={{ in_ms, out_ms }}
          position={position}
          onWindow={(next) => setSeen(inSight(next))}
          onSeek={go}
          onScrub={scrub}
          onRows={onRows}
        />
      </div>
    </div>
  )
}
