/** Redacted copies for publication: what there is, and a new one on footage that one looks at with a purpose. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Alert, Button, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { beginRedaction, getListPurposesQueryOptions, openView, useListRedactions, type RedactionOut } from '../api/generated'
import { camerasQuery } from '../api/queries'
import { serverNow } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead, Problem, StateMark, type Standing } from '../frame/parts'
import { span, stamp, zone } from '../frame/time'
import { keepGrant } from './grant'

const LONGEST_S = 600
const FIRST_S = 30
const STANDING: Record<string, Standing> = { draft: 'soon', submitted: 'soon', returned: 'overdue', reviewed: 'active', released: 'met', abandoned: 'unknown' }

export function RedactionState(props: { redaction: RedactionOut }) {
  const { t } = useTranslation()
  const { state } = props.redaction
  return <StateMark standing={STANDING[state] ?? 'unknown'}>{t(`redaction.state.${state}`)}</StateMark>
}

interface Words {
  camera: string
  start: Dayjs
  seconds: number
  ground: string
  purpose: string
  destination: string
}

function Begin(props: { onDone: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const cameras = useQuery(camerasQuery)
  const grounds = useQuery(getListPurposesQueryOptions())
  const begin = useMutation({
    mutationFn: async (words: Words) => {
      const start_ms = words.start.valueOf()
      const end_ms = start_ms + Math.round(words.seconds * 1000)
      const view = await openView({ act: 'playback', cameras: [words.camera], start_ms, end_ms, ground: words.ground, purpose: words.purpose.trim() })
      const made = await beginRedaction({ grant: view.grant, camera: words.camera, start_ms, end_ms, purpose: words.purpose.trim(), destination: words.destination.trim() })
      keepGrant(made.id, view.grant)
      return made
    },
    onSuccess: (made) => void navigate({ to: '/redactions/$id', params: { id: made.id } }),
  })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <section className="panel">
      <h2>{t('redaction.new')}</h2>
      <Form<Words> layout="vertical" requiredMark={false} initialValues={{ start: dayjs(serverNow() - 60_000), seconds: FIRST_S }} onFinish={(words) => begin.mutate(words)}>
        <Form.Item name="camera" label={t('common.camera')} rules={required}>
          <Select showSearch optionFilterProp="label" loading={cameras.isPending} options={(cameras.data ?? []).map((one) => ({ value: one.id, label: `${one.name} · ${one.place}` }))} />
        </Form.Item>
        <Form.Item name="start" label={t('redaction.start')} rules={required}><DatePicker showTime maxDate={dayjs()} style={{ width: '100%', maxWidth: 280 }} /></Form.Item>
        <Form.Item name="seconds" label={t('redaction.seconds')} extra={t('redaction.longest', { n: LONGEST_S / 60 })} rules={required}><InputNumber min={1} max={LONGEST_S} addonAfter="s" /></Form.Item>
        <Form.Item name="ground" label={t('playback.ground')} extra={t('playback.groundFrom')} rules={required}>
          <Select loading={grounds.isPending} options={(grounds.data?.purposes ?? []).map((ground) => ({ value: ground, label: t(`ground.${ground}`, { defaultValue: ground }) }))} />
        </Form.Item>
        <Form.Item name="purpose" label={t('access.use')} rules={[...required, { min: 4, message: t('access.useShort') }]}><Input maxLength={200} placeholder={t('redaction.purposePlaceholder')} /></Form.Item>
        <Form.Item name="destination" label={t('access.destination')} rules={required}><Input maxLength={200} placeholder={t('redaction.destinationPlaceholder')} /></Form.Item>
        <Alert type="info" title={t('redaction.follows')} className="spaced" />
        {begin.error !== null && <Problem problem={begin.error} />}
        <div className="row">
          <Button type="primary" htmlType="submit" loading={begin.isPending}>{t('redaction.begin')}</Button>
          <Button onClick={props.onDone}>{t('common.cancel')}</Button>
        </div>
      </Form>
    </section>
  )
}

export function RedactionsPage() {
  const { t } = useTranslation()
  const answer = useListRedactions()
  const cameras = useQuery(camerasQuery)
  const [beginning, setBeginning] = useState(false)
  const names = new Map((cameras.data ?? []).map((one) => [one.id, one.name]))
  const act = <Button type="primary" onClick={() => setBeginning(true)}>{t('redaction.new')}</Button>
  return (
    <div className="page">
      <PageHead title={t('nav.redactions')} purpose={t('redaction.purpose')} act={<div className="row"><ArticleChip matter="publication" />{!beginning && act}</div>} />
      {beginning && <Begin onDone={() => setBeginning(false)} />}
      <Answered answer={answer}>
        {(all: RedactionOut[]) =>
          all.length === 0 ? (
            <Nothing text={t('redaction.empty')} />
          ) : (
            <Listing
              rows={all}
              rowKey={(one) => one.id}
              columns={[
                { key: 'at', title: t('redaction.start'), card: 'head', className: 'nowrap', render: (one) => <Link to="/redactions/$id" params={{ id: one.id }}>{stamp(one.start_ms)}</Link> },
                { key: 'state', title: t('common.state'), card: 'mark', className: 'nowrap', render: (one) => <RedactionState redaction={one} /> },
                { key: 'camera', title: t('common.camera'), ellipsis: true, render: (one) => names.get(one.camera) ?? one.camera },
                { key: 'length', title: t('redaction.length'), className: 'nowrap', render: (one) => span((one.end_ms - one.start_ms) / 1000) },
                { key: 'purpose', title: t('access.use'), ellipsis: true, render: (one) => one.purpose },
                { key: 'destination', title: t('access.destination'), ellipsis: true, render: (one) => one.destination },
                { key: 'editor', title: t('redaction.editor'), render: (one) => one.editor },
              ]}
            />
          )
        }
      </Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || serverNow()), zone: zone() })}</p>
    </div>
  )
}
