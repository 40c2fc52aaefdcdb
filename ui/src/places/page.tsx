/** One place: what the law asks of it, who builds, its key parts with guidance, its systems. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Button, DatePicker, Descriptions, Form, Input, Modal, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  addSystem, closePlace, decidePart, getExistingCamerasQueryOptions, getListPlaceKindsQueryOptions, getListSectorsQueryOptions, getReadPlaceQueryOptions, guidePart, withdrawPart, type KeyPartOut, type PlacePageOut,
} from '../api/generated'
import { SignPanel } from '../complaints/sign'
import { useSession } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, PageHead, Problem, StateMark } from '../frame/parts'
import { has } from '../frame/roles'
import { FloorsPanel } from './floors'
import { PlaceForm } from './form'

/** As the server asks for it. */
const REASON = { min: 4, max: 500 }

/** One small form in a window; its fields are what the act asks. */
function Asking<Words extends object>(props: { title: string; danger?: boolean; onSend: (words: Words) => Promise<unknown>; onClose: () => void; children: React.ReactNode }) {
  const client = useQueryClient()
  const { t } = useTranslation()
  const [form] = Form.useForm<Words>()
  const send = useMutation({
    mutationFn: props.onSend,
    onSuccess: async () => {
      await client.invalidateQueries()
      props.onClose()
    },
  })
  return (
    <Modal open title={props.title} okText={t(props.danger === true ? 'places.confirm' : 'places.submit')} okButtonProps={{ danger: props.danger === true }} cancelText={t('common.cancel')} confirmLoading={send.isPending} onOk={() => form.submit()} onCancel={props.onClose}>
      <Form form={form} layout="vertical" requiredMark="optional" onFinish={(words) => send.mutate(words)}>{props.children}</Form>
      {send.error !== null && <Problem problem={send.error} />}
    </Modal>
  )
}

interface Decision {
  name: string
  part: string
  national_rule?: string
  decision: string
  decided_by: string
  decided_on: Dayjs
}

function DecidePart(props: { place: PlacePageOut; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const kinds = useQuery(getListPlaceKindsQueryOptions())
  const english = i18n.language === 'en-US'
  const parts = kinds.data?.find((kind) => kind.id === props.place.kind)?.parts ?? []
  const needed = [{ required: true }]
  return (
    <Asking<Decision>
      title={t('places.decide')}
      onClose={props.onClose}
      onSend={(words) => decidePart(props.place.id, { ...words, decided_on: words.decided_on.format('YYYY-MM-DD') })}
    >
      <Form.Item name="name" label={t('places.partName')} rules={needed}><Input maxLength={64} /></Form.Item>
      <Form.Item name="part" label={t('places.part')} rules={needed}>
        <Select options={parts.map((part) => ({ value: part.id, label: english ? part.name_en : part.name }))} />
      </Form.Item>
      <Form.Item name="national_rule" label={t('places.rule')}><Input maxLength={200} /></Form.Item>
      <Form.Item name="decision" label={t('places.decision')} rules={needed}><Input.TextArea maxLength={500} rows={2} /></Form.Item>
      <Form.Item name="decided_by" label={t('places.decidedBy')} rules={needed}><Input maxLength={64} /></Form.Item>
      <Form.Item name="decided_on" label={t('places.decidedOn')} rules={needed}><DatePicker /></Form.Item>
    </Asking>
  )
}

/** Why something is closed or withdrawn: an act without return, entered with its reason. */
function Ending(props: { title: string; follows: string; onSend: (words: { reason: string }) => Promise<unknown>; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Asking<{ reason: string }> danger title={props.title} onClose={props.onClose} onSend={(words) => props.onSend({ reason: words.reason.trim() })}>
      <p className="secondary">{props.follows}</p>
      <Form.Item name="reason" label={t('places.reason')} rules={[{ required: true, whitespace: true, message: t('common.required') }, { min: REASON.min, message: t('access.useShort') }]}>
        <Input.TextArea maxLength={REASON.max} rows={2} />
      </Form.Item>
    </Asking>
  )
}

function Existing(props: { place: string }) {
  const { t } = useTranslation()
  const found = useQuery(getExistingCamerasQueryOptions(props.place))
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t('places.existing')}</h2><ArticleChip matter="reuse" /></div>
      <Answered answer={found}>
        {(rows) => rows.length === 0 ? <Nothing text={t('places.existingEmpty')} /> : (
          <Listing
            rows={rows}
            rowKey={(row) => row.camera}
            columns={[
              { key: 'name', title: t('places.name'), card: 'head', render: (row) => row.name },
              { key: 'metres', title: t('siting.range'), card: 'mark', render: (row) => t('places.metres', { n: row.metres }) },
              { key: 'unit', title: t('places.unit'), card: 'wide', render: (row) => `${row.unit_name} · ${row.place_name}` },
            ]}
          />
        )}
      </Answered>
    </section>
  )
}

function Shown(props: { place: PlacePageOut }) {
  const { t, i18n } = useTranslation()
  const session = useSession()
  const english = i18n.language === 'en-US'
  const { place } = props
  const sectors = useQuery(getListSectorsQueryOptions())
  const sector = sectors.data?.find((one) => one.id === place.sector)
  const [doing, setDoing] = useState<'change' | 'close' | 'decide' | 'system' | { act: 'guide' | 'withdraw'; part: KeyPartOut } | null>(null)
  const close = () => setDoing(null)
  const open = place.closed_ms === null
  return (
    <>
      <PageHead title={place.name} purpose={`${english ? place.kind_name_en : place.kind_name} · ${place.address}`} act={!open ? <StateMark standing="unknown">{t('places.closed')}</StateMark> : place.may.change && (
        <div className="row">
          <Button danger onClick={() => setDoing('close')}>{t('places.close')}</Button>
          <Button onClick={() => setDoing('change')}>{t('places.change')}</Button>
        </div>
      )} />
      <section className="panel">
        <div className="panel-head"><h2>{t('places.needed')}</h2><ArticleChip matter="install" /></div>
        <ul className="plain">
          {place.needed.map((part) => (
            <li key={part.part} className="row">
              <StateMark standing={part.met ? 'met' : 'soon'}>{english ? part.name_en : part.name}</StateMark>
              <span className="secondary">{part.met ? t('places.met', { n: part.cameras }) : t(part.decided ? 'places.unmet' : 'places.undecided')}</span>
            </li>
          ))}
        </ul>
        <p className="secondary">{t('places.neededRule')}</p>
        <Descriptions
          size="small" bordered column={{ xs: 1, md: 2 }}
          items={[
            { key: 'who', label: t('places.who'), children: <>{english ? place.verdict.text_en : place.verdict.text} <ArticleChip article={place.verdict.article} /></> },
            { key: 'unit', label: t('places.unit'), children: place.unit_name },
            { key: 'territory', label: t('places.territory'), children: place.territory },
            { key: 'sector', label: t('places.sector'), children: sector === undefined ? t('common.none') : english ? sector.name_en : sector.name },
            { key: 'telephone', label: t('places.telephone'), children: place.telephone || t('common.none') },
          ]}
        />
      </section>
      <section className="panel">
        <div className="panel-head">
          <h2>{t('places.parts')}</h2><ArticleChip matter="key_parts" />
          {place.may.decide && <Button onClick={() => setDoing('decide')}>{t('places.decide')}</Button>}
        </div>
        {place.parts.length === 0 ? <Nothing text={t('places.noParts')} /> : (
          <Listing
            rows={place.parts}
            rowKey={(part) => part.id}
            columns={[
              { key: 'name', title: t('places.partName'), card: 'head', render: (part) => part.name },
              { key: 'decision', title: t('places.decision'), card: 'wide', render: (part) => t('places.said', { on: part.decided_on, by: part.decided_by, text: part.decision }) },
              { key: 'rule', title: t('places.rule'), card: 'wide', render: (part) => part.national_rule },
              { key: 'guidance', title: t('places.guidance'), card: 'wide', render: (part) => part.guidance.map((said) => <div key={`${said.on}${said.text}`}>{t('places.said', { on: said.on, by: said.by, text: said.text })}</div>) },
              { key: 'act', title: '', card: 'mark', render: (part) => part.withdrawn_ms !== null ? t('places.withdrawn') : (
                <>
                  {place.may.guide && <Button size="small" onClick={() => setDoing({ act: 'guide', part })}>{t('places.guide')}</Button>}
                  {place.may.decide && <Button size="small" danger onClick={() => setDoing({ act: 'withdraw', part })}>{t('places.withdraw')}</Button>}
                </>
              ) },
            ]}
          />
        )}
      </section>
      <section className="panel">
        <div className="panel-head">
          <h2>{t('places.systems')}</h2>
          {place.may.add_system && <Button onClick={() => setDoing('system')}>{t('places.addSystem')}</Button>}
        </div>
        {place.systems.length === 0 ? <Nothing text={t('places.noSystems')} /> : (
          <ul className="plain">
            {place.systems.map((system) => (
              <li key={system.id} className="row">
                <Link to="/systems/$id" params={{ id: system.id }}>{system.name}</Link>
                <span className="secondary">{t(`builder.${system.builder}`)} · {t('places.cameras', { n: system.cameras })}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <FloorsPanel place={place} />
      {place.own && has(session, 'unit_manager', 'planner') && <SignPanel place={place.id} />}
      {place.may.reach && place.longitude !== null && <Existing place={place.id} />}
      {doing === 'change' && <PlaceForm place={place} onClose={close} />}
      {doing === 'decide' && <DecidePart place={place} onClose={close} />}
      {doing === 'system' && (
        <Asking<{ name: string; purpose?: string }> title={t('places.addSystem')} onClose={close} onSend={(words) => addSystem(place.id, words)}>
          <Form.Item name="name" label={t('places.systemName')} rules={[{ required: true }]}><Input maxLength={64} /></Form.Item>
          <Form.Item name="purpose" label={t('places.systemPurpose')}><Input maxLength={500} /></Form.Item>
        </Asking>
      )}
      {doing === 'close' && <Ending title={`${t('places.close')} · ${place.name}`} follows={t('places.closeFollows')} onClose={close} onSend={(words) => closePlace(place.id, words)} />}
      {doing !== null && typeof doing === 'object' && doing.act === 'withdraw' && (
        <Ending title={`${t('places.withdraw')} · ${doing.part.name}`} follows={t('places.withdrawFollows')} onClose={close} onSend={(words) => withdrawPart(place.id, doing.part.id, words)} />
      )}
      {doing !== null && typeof doing === 'object' && doing.act === 'guide' && (
        <Asking<{ text: string }> title={t('places.guide')} onClose={close} onSend={(words) => guidePart(place.id, doing.part.id, words)}>
          <Form.Item name="text" label={t('places.guideText')} rules={[{ required: true }]}><Input.TextArea maxLength={500} rows={3} /></Form.Item>
        </Asking>
      )}
    </>
  )
}

export function PlacePage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const place = useQuery(getReadPlaceQueryOptions(id))
  return <div className="page"><Answered answer={place}>{(found) => <Shown place={found} />}</Answered></div>
}
