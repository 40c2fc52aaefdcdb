/** Masks over a picture, moved by pointer, arrow keys or numbers: what every page that places masks by hand draws with. */
import { InputNumber } from 'antd'
import { useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'

import type { RedactionMaskOut } from '../api/generated'
import { cornersAt, moved, outline, type Corner } from './masks'

const STEP = 0.01
const FINE = 0.002

export function Fields(props: { mask: RedactionMaskOut; corners: Corner[]; onPlace: (corners: Corner[]) => void }) {
  const { t } = useTranslation()
  const names = props.mask.shape === 'box' ? [t('redaction.leftTop'), t('redaction.rightBottom')] : props.corners.map((_, n) => t('redaction.corner', { n: n + 1 }))
  const set = (at: number, axis: number, value: number | null): void =>
    props.onPlace(props.corners.map((one, n) => (n === at ? one.map((old, k) => (k === axis ? (value ?? 0) / 100 : old)) : one)))
  return (
    <div className="corner-fields">
      {props.corners.map((one, n) => (
        <div key={names[n]} className="row">
          <span className="secondary">{names[n]}</span>
          {(['x', 'y'] as const).map((axis, k) => (
            <InputNumber key={axis} size="small" min={0} max={100} step={1} precision={1} value={Math.round((one[k] ?? 0) * 1000) / 10} aria-label={`${names[n] ?? ''} ${axis}`} addonAfter="%" onChange={(value) => set(n, k, value)} />
          ))}
        </div>
      ))}
    </div>
  )
}

export function Overlay(props: { masks: RedactionMaskOut[]; at_ms: number; chosen: number; onChoose: (at: number) => void; onPlace: (at: number, corners: Corner[]) => void }) {
  const { t } = useTranslation()
  const area = useRef<SVGSVGElement>(null)
  const held = useRef<{ mask: number; corner: number | null; x: number; y: number } | null>(null)
  const where = (event: PointerEvent): [number, number] => {
    const box = area.current?.getBoundingClientRect()
    return box === undefined ? [0, 0] : [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
  }
  const take = (event: PointerEvent, mask: number, corner: number | null): void => {
    const [x, y] = where(event)
    held.current = { mask, corner, x, y }
    area.current?.setPointerCapture(event.pointerId)
    props.onChoose(mask)
  }
  const drag = (event: PointerEvent): void => {
    const now = held.current
    const mask = now === null ? undefined : props.masks[now.mask]
    const corners = mask && cornersAt(mask, props.at_ms)
    if (now === null || !corners) return
    const [x, y] = where(event)
    if (now.corner === null) props.onPlace(now.mask, moved(corners, x - now.x, y - now.y))
    else props.onPlace(now.mask, corners.map((one, n) => (n === now.corner ? [x, y] : one)))
    held.current = { ...now, x, y }
  }
  const keyed = (event: KeyboardEvent, mask: number): void => {
    const step = event.shiftKey ? FINE : STEP
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key]
    const one = props.masks[mask]
    const corners = one && cornersAt(one, props.at_ms)
    if (by === undefined || !corners) return
    event.preventDefault()
    props.onPlace(mask, moved(corners, by[0] ?? 0, by[1] ?? 0))
  }
  return (
    <svg ref={area} viewBox="0 0 1000 1000" preserveAspectRatio="none" onPointerMove={drag} onPointerUp={() => { held.current = null }}>
      {props.masks.map((mask, n) => {
        const corners = cornersAt(mask, props.at_ms)
        if (corners === null) return null
        return (
          <g key={n} className={n === props.chosen ? 'mask chosen' : 'mask'}>
            <polygon
              points={outline(mask, corners).map(([x, y]) => `${(x ?? 0) * 1000},${(y ?? 0) * 1000}`).join(' ')}
              tabIndex={0}
              role="button"
              aria-label={t('redaction.mask', { n: n + 1 })}
              onFocus={() => props.onChoose(n)}
              onKeyDown={(event) => keyed(event, n)}
              onPointerDown={(event) => take(event, n, null)}
            />
            {n === props.chosen && corners.map(([x, y], k) => <ellipse key={k} cx={(x ?? 0) * 1000} cy={(y ?? 0) * 1000} rx={9} ry={16} onPointerDown={(event) => take(event, n, k)} />)}
          </g>
        )
      })}
    </svg>
  )
}
