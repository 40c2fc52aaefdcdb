/** The mask editor: one picture at a time, masks placed by hand; number fields and arrow keys do what the pointer does. */
import { Button, Checkbox, InputNumber, Segmented, Slider } from 'antd'
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import { useTranslation } from 'react-i18next'

import { redactionPicture, type RedactionMaskOut, type RedactionOut } from '../api/generated'
import { Problem } from '../frame/parts'
import { useFetched } from './fetched'
import { cornersAt, moved, newBox, newPolygon, outline, placed, type Corner } from './masks'
import './redaction.css'

const STEP = 0.01
const FINE = 0.002
const SECOND_MS = 1000
const WAIT_MS = 250 // the picture follows a slider that rests, not each of its pixels
const FRAME_MS = 40

interface Props {
  redaction: RedactionOut
  grant: string
  masks: RedactionMaskOut[]
  onMasks: (masks: RedactionMaskOut[]) => void
}

function Fields(props: { mask: RedactionMaskOut; corners: Corner[]; onPlace: (corners: Corner[]) => void }) {
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

function Overlay(props: { masks: RedactionMaskOut[]; at_ms: number; chosen: number; onChoose: (at: number) => void; onPlace: (at: number, corners: Corner[]) => void }) {
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

export function Editor(props: Props) {
  const { t } = useTranslation()
  const { redaction, masks, grant } = props
  const length = redaction.end_ms - redaction.start_ms
  const [at, setAt] = useState(0)
  const [shown, setShown] = useState(0)
  const [chosen, setChosen] = useState(0)
  const [covered, setCovered] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(at), WAIT_MS)
    return () => clearTimeout(timer)
  }, [at])
  const still = Math.max(0, Math.min(shown, length - FRAME_MS))
  const picture = useFetched(useCallback(() => redactionPicture(redaction.id, { grant, at_ms: still, covered }), [redaction.id, grant, still, covered]))
  const mask = masks[chosen]
  const corners = mask && cornersAt(mask, at)
  const change = (n: number, next: RedactionMaskOut): void => props.onMasks(masks.map((one, k) => (k === n ? next : one)))
  const place = (n: number, where: Corner[]): void => {
    const one = masks[n]
    if (one !== undefined) change(n, placed(one, at, where))
  }
  const add = (one: RedactionMaskOut): void => {
    props.onMasks([...masks, one])
    setChosen(masks.length)
  }
  return (
    <div className="redaction">
      <div>
        <div className="redaction-stage">
          {picture.url !== null && <img src={picture.url} alt={t('redaction.still')} />}
          {!covered && <Overlay masks={masks} at_ms={at} chosen={chosen} onChoose={setChosen} onPlace={place} />}
        </div>
        {picture.problem !== null && <Problem problem={picture.problem} />}
        <Slider min={0} max={Math.max(FRAME_MS, length - FRAME_MS)} step={FRAME_MS} value={at} onChange={setAt} tooltip={{ open: false }} aria-label={t('redaction.moment')} marks={Object.fromEntries((mask?.keys ?? []).map((key) => [key.at_ms, '']))} />
        <div className="row">
          <InputNumber min={0} max={length / SECOND_MS} step={FRAME_MS / SECOND_MS} precision={2} value={at / SECOND_MS} aria-label={t('redaction.moment')} addonAfter="s" onChange={(value) => setAt(Math.round((value ?? 0) * SECOND_MS))} />
          <Checkbox checked={covered} onChange={(event) => setCovered(event.target.checked)}>{t('redaction.asCopied')}</Checkbox>
        </div>
      </div>
      <div>
        <div className="row spaced">
          <Button onClick={() => add(newBox(at))}>{t('redaction.addBox')}</Button>
          <Button onClick={() => add(newPolygon(at))}>{t('redaction.addPolygon')}</Button>
        </div>
        {masks.length === 0 && <p className="secondary">{t('redaction.none')}</p>}
        <ul className="plain">
          {masks.map((one, n) => (
            <li key={n}>
              <Button type={n === chosen ? 'primary' : 'default'} size="small" aria-pressed={n === chosen} onClick={() => setChosen(n)}>{t('redaction.mask', { n: n + 1 })}</Button>
              <Segmented size="small" value={one.cover} aria-label={t('redaction.how')} options={[{ value: 'fill', label: t('redaction.fill') }, { value: 'blur', label: t('redaction.blur') }]} onChange={(cover) => change(n, { ...one, cover: cover as RedactionMaskOut['cover'] })} />
              <span className="secondary">{t('redaction.keys', { n: one.keys.length })}</span>
              <Button size="small" danger onClick={() => { props.onMasks(masks.filter((_, k) => k !== n)); setChosen(0) }}>{t('redaction.drop')}</Button>
            </li>
          ))}
        </ul>
        {mask !== undefined && (
          <section className="spaced">
            <p className="secondary">{t('redaction.hint')}</p>
            {corners && <Fields mask={mask} corners={corners} onPlace={(where) => place(chosen, where)} />}
            <div className="row">
              {corners && <Button size="small" onClick={() => place(chosen, corners)}>{t('redaction.key')}</Button>}
              <Button size="small" disabled={mask.keys.length < 2 || !mask.keys.some((key) => key.at_ms === at)} onClick={() => change(chosen, { ...mask, keys: mask.keys.filter((key) => key.at_ms !== at) })}>{t('redaction.noKey')}</Button>
              <Button size="small" onClick={() => change(chosen, { ...mask, from_ms: at })}>{t('redaction.from')}</Button>
              <Button size="small" onClick={() => change(chosen, { ...mask, until_ms: at })}>{t('redaction.until')}</Button>
              {(mask.from_ms !== null || mask.until_ms !== null) && <Button size="small" onClick={() => change(chosen, { ...mask, from_ms: null, until_ms: null })}>{t('redaction.always')}</Button>}
            </div>
          </section>
        )}
      </div>
    </div>
  )
}
