/** The timeline: thirty days down to single frames. Wheel zooms, drag pans or scrubs, arrows and plus/minus do the same. */
import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { use, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { timelineQuery } from '../../api/queries'
import { LooksContext } from '../../frame/context'
import { span, stamp } from '../../frame/time'
import { paint, sceneHeight, type Row } from './paint'
import { coverage, gapAt, inRuns, union, type Span } from './runs'
import { bounded, fetchWindow, panned, resolution, revealing, toTime, toX, zoomed, type Window } from './scale'

interface Props {
  cameras: { id: string; name: string }[]
  window: Window
  granted: Span | null
  /** Nothing beyond what is granted is asked for: others look on. */
  only?: boolean
  marks: { in_ms: number | null; out_ms: number | null }
  position: () => number
  onWindow: (window: Window) => void
  onSeek: (t_ms: number) => void
  onScrub: (t_ms: number | null) => void
  onRows: (rows: Row[]) => void
}

const PLAYHEAD_GRAB = 12
const CLICK_SLOP = 4
const WHEEL = 1.0018

/** Rows of the cameras for what is in sight, refreshed while it is shown. */
function useRows(props: Props, width: number): { rows: Row[]; incomplete: boolean } {
  const wide = fetchWindow(props.window)
  const asked = props.only === true && props.granted !== null ? bounded(wide, props.granted[0], props.granted[1]) : wide
  const grain = resolution(asked.to_ms - asked.from_ms, width * 2)
  const answers = useQueries({
    queries: props.cameras.map((camera) => ({
      ...timelineQuery(camera.id, asked.from_ms, asked.to_ms, grain),
      placeholderData: keepPreviousData,
    })),
  })
  const fresh = answers.map((answer) => answer.dataUpdatedAt).join()
  // `answers` is a new array at each render; its update times say when it really changed
  const rows = useMemo(
    () => props.cameras.map((camera, index) => ({ label: camera.name, coverage: coverage(answers[index]?.data?.days ?? []) })),
    [props.cameras, fresh],
  )
  return { rows, incomplete: answers.some((answer) => answer.data?.incomplete === true) }
}

interface Drag {
  kind: 'head' | 'pan'
  x: number
  window: Window
  moved: boolean
}

export function Timeline(props: Props) {
  const { t } = useTranslation()
  const { dark } = use(LooksContext)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(800)
  const [hover, setHover] = useState<{ x: number; t_ms: number } | null>(null)
  const drag = useRef<Drag | null>(null)
  const { rows, incomplete } = useRows(props, width)
  const all = useMemo(() => union(rows.map((row) => row.coverage)), [rows])
  const height = sceneHeight(rows.length)
  const { onRows, onWindow, onScrub, onSeek } = props
  useEffect(() => onRows(rows), [rows, onRows])

  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    const watch = new ResizeObserver(() => setWidth(Math.max(200, element.clientWidth)))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])

  const latest = useRef(props)
  latest.current = props
  const follow = useCallback((): void => {
    const next = revealing(latest.current.window, latest.current.position())
    if (next !== latest.current.window && drag.current === null) latest.current.onWindow(next)
  }, [])
  const lastPosition = useRef(0)

  useEffect(() => {
    let frame = 0
    const draw = (): void => {
      frame = requestAnimationFrame(draw)
      const element = canvas.current
      const context = element?.getContext('2d')
      if (element == null || context == null) return
      const ratio = devicePixelRatio || 1
      if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
        element.width = Math.round(width * ratio)
        element.height = Math.round(height * ratio)
      }
      const position_ms = latest.current.position()
      if (Math.abs(position_ms - lastPosition.current) > 0.5) {
        lastPosition.current = position_ms
        follow()
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0)
      const { window, granted, marks } = latest.current
      const zone_ms = -new Date(position_ms).getTimezoneOffset() * 60_000
      paint(context, { window, rows, all, unionLabel: t('playback.union'), granted, position_ms, marks, hover_ms: hover?.t_ms ?? null, dark, zone_ms }, width, height)
    }
    frame = requestAnimationFrame(draw)
    return () => cancelAnimationFrame(frame)
  }, [rows, all, width, height, hover, dark, t, follow])

  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    // React's wheel listener is passive and could not keep the page from scrolling
    const wheel = (event: WheelEvent): void => {
      event.preventDefault()
      const { window } = latest.current
      const box = element.getBoundingClientRect()
      const spanned = window.to_ms - window.from_ms
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) onWindow(panned(window, ((event.deltaX || event.deltaY) / width) * spanned))
      else onWindow(zoomed(window, WHEEL ** event.deltaY, toTime(window, width, event.clientX - box.left)))
    }
    element.addEventListener('wheel', wheel, { passive: false })
    return () => element.removeEventListener('wheel', wheel)
  }, [width, onWindow])

  const at = (event: React.PointerEvent): number => event.clientX - event.currentTarget.getBoundingClientRect().left

  const down = (event: React.PointerEvent): void => {
    const x = at(event)
    const head = toX(props.window, width, props.position())
    event.currentTarget.setPointerCapture(event.pointerId)
    drag.current = { kind: Math.abs(x - head) <= PLAYHEAD_GRAB ? 'head' : 'pan', x, window: props.window, moved: false }
  }
  const move = (event: React.PointerEvent): void => {
    const x = at(event)
    const held = drag.current
    const t_ms = toTime(props.window, width, x)
    setHover({ x, t_ms })
    if (held === null) return
    if (Math.abs(x - held.x) > CLICK_SLOP) held.moved = true
    if (held.kind === 'head') onScrub(t_ms)
    else if (held.moved) onWindow(panned(held.window, (-(x - held.x) / width) * (held.window.to_ms - held.window.from_ms)))
  }
  const up = (event: React.PointerEvent): void => {
    const held = drag.current
    drag.current = null
    if (held === null) return
    const t_ms = toTime(props.window, width, at(event))
    onScrub(null)
    if (held.kind === 'head' ? held.moved : !held.moved) onSeek(t_ms)
  }
  const cancel = (): void => {
    drag.current = null
    onScrub(null)
  }
  const key = (event: React.KeyboardEvent): void => {
    if (event.key === '+' || event.key === '=') onWindow(zoomed(props.window, 0.5, props.position()))
    else if (event.key === '-') onWindow(zoomed(props.window, 2, props.position()))
  }
  return (
    <div
      className="timeline"
      role="slider"
      tabIndex={0}
      aria-label={t('playback.timelineHelp')}
      aria-valuemin={Math.round(props.window.from_ms / 1000)}
      aria-valuemax={Math.round(props.window.to_ms / 1000)}
      aria-valuenow={Math.round(props.position() / 1000)}
      aria-valuetext={stamp(props.position())}
      onKeyDown={key}
    >
      {incomplete && <p className="timeline-note" role="note">○ {t('playback.incomplete')}</p>}
      {hover !== null && <Tip x={hover.x} t_ms={hover.t_ms} rows={rows} granted={props.granted} />}
      <canvas
        ref={canvas}
        style={{ height }}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={cancel}
        onPointerLeave={() => setHover(null)}
      />
    </div>
  )
}

function Tip(props: { x: number; t_ms: number; rows: Row[]; granted: Span | null }) {
  const { t } = useTranslation()
  const gap = props.rows.map((row) => gapAt(row.coverage.gaps, props.t_ms)).find((found) => found !== null)
  const recorded = props.rows.some((row) => inRuns(row.coverage.runs, props.t_ms))
  const outside = props.granted !== null && (props.t_ms < props.granted[0] || props.t_ms > props.granted[1])
  const words = [stamp(props.t_ms), recorded ? t('playback.recorded') : t('playback.gap')]
  if (gap !== null && gap !== undefined) words.push(`${t(`cause.${gap[2]}`, { defaultValue: gap[2] })} ${span((gap[1] - gap[0]) / 1000)}`)
  if (outside) words.push(t('playback.notCovered'))
  return (
    <div className="timeline-tip" style={{ left: Math.max(110, props.x) }}>
      {words.join(' · ')}
    </div>
  )
}
