/** The mask editor: one picture at a time, masks placed by hand; number fields and arrow keys do what the pointer does. */
import { Button, Checkbox, InputNumber, Segmented, Slider } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { redactionPicture, type RedactionMaskOut, type RedactionOut } from '../api/generated'
import { Problem } from '../frame/parts'
import { useFetched } from './fetched'
import { cornersAt, newBox, newPolygon, placed, type Corner } from './masks'
import { Fields, Overlay } from './overlay'
import './redaction.css'

const SECOND_MS = 1000
const WAIT_MS = 250 // the picture follows a slider that rests, not each of its pixels
const FRAME_MS = 40

interface Props {
  redaction: RedactionOut
  grant: string
  masks: RedactionMaskOut[]
  onMasks: (masks: RedactionMaskOut[]) => void
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
