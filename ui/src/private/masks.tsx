/** What is covered in a camera's pictures: drawn on a still under a playback of one's own, standing still over the footage. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { App, Button, Checkbox, Form, Segmented, Select, Slider, Space } from 'antd'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getListPurposesQueryOptions, openView, privateViewingStill, savePrivateMasks, type PrivatePageOut, type RedactionMaskOut } from '../api/generated'
import { Problem, StateMark } from '../frame/parts'
import { stamp } from '../frame/time'
import { useFetched } from '../redaction/fetched'
import { cornersAt, newBox, newPolygon, placed, type Corner } from '../redaction/masks'
import { Fields, Overlay } from '../redaction/overlay'
import '../redaction/redaction.css'

const STEP_MS = 1000
const WAIT_MS = 250 // the picture follows a slider that rests, not each of its pixels
const FIRST = 0 // a mask that stands still has one place, that of the first moment

export function Masks(props: { page: PrivatePageOut; changed: () => void }) {
  const { t } = useTranslation()
  const { page } = props
  const [camera, setCamera] = useState(page.cameras[0] ?? '')
  const [grant, setGrant] = useState<string | null>(null)
  const grounds = useQuery(getListPurposesQueryOptions())
  const open = useMutation({
    mutationFn: ({ ground }: { ground: string }) => openView({ act: 'playback', cameras: page.cameras, start_ms: page.start_ms, end_ms: page.end_ms, ground, purpose: t('private.stillPurpose', { number: page.number }) }),
    onSuccess: (view) => setGrant(view.grant),
  })
  const count = (id: string): number => page.masks.find((one) => one.camera === id)?.masks.length ?? 0
  return (
    <section className="panel" aria-label={t('private.masks')}>
      <h2>{t('private.masks')}</h2>
      <ul className="plain">
        {page.cameras.map((id, n) => (
          <li key={id}>
            <span className="wrap">{page.camera_names[n] ?? id}</span>
            <StateMark standing={count(id) > 0 ? 'met' : page.mask_others ? 'soon' : 'unknown'}>{count(id) > 0 ? t('private.masksSet', { n: count(id) }) : t('private.masksNone')}</StateMark>
          </li>
        ))}
      </ul>
      {grant === null ? (
        <Form layout="vertical" requiredMark={false} onFinish={(words: { ground: string }) => open.mutate(words)}>
          <Form.Item name="ground" label={t('playback.ground')} extra={t('private.stillFollows')} rules={[{ required: true, message: t('common.required') }]}>
            <Select loading={grounds.isPending} options={(grounds.data?.purposes ?? []).map((ground) => ({ value: ground, label: t(`ground.${ground}`, { defaultValue: ground }) }))} />
          </Form.Item>
          {open.error !== null && <Problem problem={open.error} />}
          <Button htmlType="submit" loading={open.isPending}>{t('private.still')}</Button>
        </Form>
      ) : (
        <>
          {page.cameras.length > 1 && <Segmented value={camera} onChange={setCamera} aria-label={t('private.maskCamera')} options={page.cameras.map((value, n) => ({ value, label: page.camera_names[n] ?? value }))} className="spaced" />}
          <Drawing key={camera} page={page} camera={camera} grant={grant} changed={props.changed} />
        </>
      )}
    </section>
  )
}

function Drawing(props: { page: PrivatePageOut; camera: string; grant: string; changed: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { page, camera, grant } = props
  const length = page.end_ms - page.start_ms
  const [masks, setMasks] = useState<RedactionMaskOut[]>(page.masks.find((one) => one.camera === camera)?.masks ?? [])
  const [chosen, setChosen] = useState(0)
  const [at, setAt] = useState(0)
  const [shown, setShown] = useState(0)
  const [covered, setCovered] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(at), WAIT_MS)
    return () => clearTimeout(timer)
  }, [at])
  const load = useCallback(() => privateViewingStill(page.id, { camera, grant, at_ms: Math.min(shown, length - 1), covered }), [page.id, camera, grant, shown, length, covered])
  const still = useFetched(load)
  const save = useMutation({
    mutationFn: () => savePrivateMasks(page.id, { camera, masks }),
    onSuccess: () => {
      void message.success(t('private.saved'))
      props.changed()
    },
  })
  const change = (n: number, next: RedactionMaskOut): void => setMasks(masks.map((one, k) => (k === n ? next : one)))
  const place = (n: number, where: Corner[]): void => {
    const one = masks[n]
    if (one !== undefined) change(n, placed(one, FIRST, where))
  }
  const add = (one: RedactionMaskOut): void => {
    setMasks([...masks, one])
    setChosen(masks.length)
  }
  const mask = masks[chosen]
  const corners = mask && cornersAt(mask, FIRST)
  return (
    <div className="redaction">
      <div>
        <div className="redaction-stage">
          {still.url !== null && <img src={still.url} alt={t('redaction.still')} />}
          {still.problem !== null && <Problem problem={still.problem} />}
          {!covered && still.url !== null && <Overlay masks={masks} at_ms={FIRST} chosen={chosen} onChoose={setChosen} onPlace={place} />}
        </div>
        <Slider min={0} max={Math.max(STEP_MS, length - STEP_MS)} step={STEP_MS} value={at} onChange={setAt} tooltip={{ open: false }} aria-label={t('private.moment')} />
        <div className="row"><span className="secondary">{stamp(page.start_ms + at)}</span><Checkbox checked={covered} onChange={(event) => setCovered(event.target.checked)}>{t('private.asSeen')}</Checkbox></div>
      </div>
      <div>
        <Space wrap className="spaced">
          <Button onClick={() => add(newBox(FIRST))}>{t('redaction.addBox')}</Button>
          <Button onClick={() => add(newPolygon(FIRST))}>{t('redaction.addPolygon')}</Button>
        </Space>
        {masks.length === 0 && <p className="secondary">{t('redaction.none')}</p>}
        <ul className="plain">
          {masks.map((one, n) => (
            <li key={n}>
              <Button type={n === chosen ? 'primary' : 'default'} size="small" aria-pressed={n === chosen} onClick={() => setChosen(n)}>{t('redaction.mask', { n: n + 1 })}</Button>
              <Segmented size="small" value={one.cover} aria-label={t('redaction.how')} options={[{ value: 'fill', label: t('redaction.fill') }, { value: 'blur', label: t('redaction.blur') }]} onChange={(cover) => change(n, { ...one, cover: cover as RedactionMaskOut['cover'] })} />
              <Button size="small" danger onClick={() => { setMasks(masks.filter((_, k) => k !== n)); setChosen(0) }}>{t('redaction.drop')}</Button>
            </li>
          ))}
        </ul>
        {mask !== undefined && corners && <><p className="secondary">{t('private.hint')}</p><Fields mask={mask} corners={corners} onPlace={(where) => place(chosen, where)} /></>}
        {save.error !== null && <Problem problem={save.error} />}
        <Button type="primary" loading={save.isPending} onClick={() => save.mutate()}>{t('private.saveMasks')}</Button>
      </div>
    </div>
  )
}
