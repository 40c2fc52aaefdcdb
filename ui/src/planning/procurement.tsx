/** What the unit chose and why, for the unit alone; and the reuse decisions of a government site. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  decideReuse, getListProcurementsQueryKey, getListProcurementsQueryOptions, getReadReuseQueryKey, getReadReuseQueryOptions, recordProcurement,
  type InReachOut, type Method, type Object as Bought, type ProcurementForm,
} from '../api/generated'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, Problem, StateMark } from '../frame/parts'
import './words'

const BOUGHT: Bought[] = ['products', 'design', 'construction', 'maintenance']
const METHODS: Method[] = ['open_tender', 'invited_tender', 'negotiation', 'inquiry', 'single_source', 'direct']

interface Words extends Omit<ProcurementForm, 'candidates'> {
  candidates: string
}

const lines = (text: string | undefined): string[] => (text ?? '').split('\n').map((line) => line.trim()).filter((line) => line !== '')

function Record(props: { system: string; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form] = Form.useForm<Words>()
  const candidates = lines(Form.useWatch('candidates', form))
  const act = useMutation({
    mutationFn: (words: Words) => recordProcurement(props.system, { ...words, candidates: lines(words.candidates), contracts: [] }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: getListProcurementsQueryKey(props.system) })
      props.onClose()
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Modal open title={t('procurement.add')} okText={t('procurement.add')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={act.isPending}>
      <Form<Words> form={form} layout="vertical" requiredMark={false} onFinish={(words) => act.mutate(words)}>
        <Form.Item name="object" label={t('procurement.object')} rules={required}><Select options={BOUGHT.map((one) => ({ value: one, label: t(`procurement.of.${one}`) }))} /></Form.Item>
        <Form.Item name="method" label={t('procurement.method')} rules={required}><Select options={METHODS.map((one) => ({ value: one, label: t(`procurement.how.${one}`) }))} /></Form.Item>
        <Form.Item name="candidates" label={t('procurement.candidates')} rules={required}><Input.TextArea autoSize={{ minRows: 3 }} /></Form.Item>
        <Form.Item name="chosen" label={t('procurement.chosen')} rules={required}><Select options={candidates.map((one) => ({ value: one, label: one }))} /></Form.Item>
        <Form.Item name="reason" label={t('procurement.reason')} rules={required}><Input.TextArea maxLength={1000} autoSize={{ minRows: 2 }} /></Form.Item>
        <Form.Item name="decided_on" label={t('procurement.on')} rules={required}><Input type="date" /></Form.Item>
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}

/** Shown on the page of the unit's own system only: for anybody else the server knows no such record. */
export function ProcurementSection(props: { system: string; may: boolean }) {
  const { t } = useTranslation()
  const answer = useQuery(getListProcurementsQueryOptions(props.system))
  const [asking, setAsking] = useState(false)
  const act = props.may && <Button onClick={() => setAsking(true)}>{t('procurement.add')}</Button>
  return (
    <section className="panel" aria-label={t('procurement.title')}>
      <div className="panel-head"><h2>{t('procurement.title')}</h2><span className="row"><ArticleChip matter="choice" />{act}</span></div>
      <Answered answer={answer} rows={2}>
        {(rows) =>
          rows.length === 0 ? <Nothing text={t('procurement.none')} /> : (
            <Listing
              rows={rows}
              rowKey={(row) => row.id}
              dense
              columns={[
                { key: 'object', title: t('procurement.object'), card: 'head', render: (row) => t(`procurement.of.${row.object}`) },
                { key: 'method', title: t('procurement.method'), render: (row) => t(`procurement.how.${row.method}`) },
                { key: 'candidates', title: t('procurement.candidates'), card: 'wide', render: (row) => row.candidates.join(' · ') },
                { key: 'chosen', title: t('procurement.chosen'), render: (row) => row.chosen },
                { key: 'reason', title: t('procurement.reason'), card: 'wide', render: (row) => row.reason },
                { key: 'on', title: t('procurement.on'), render: (row) => row.decided_on },
                { key: 'by', title: t('procurement.by'), render: (row) => row.by },
              ]}
            />
          )
        }
      </Answered>
      <p className="status-line">{t('procurement.onlyYou')}</p>
      {asking && <Record system={props.system} onClose={() => setAsking(false)} />}
    </section>
  )
}

/** For the planner of a government site: each camera in reach is decided on with its reason. */
export function ReuseSection(props: { system: string; onChanged?: () => Promise<void> }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const answer = useQuery(getReadReuseQueryOptions(props.system))
  const [asking, setAsking] = useState<InReachOut | null>(null)
  const [form] = Form.useForm<{ reuse: boolean; reason: string }>()
  const act = useMutation({
    mutationFn: (words: { reuse: boolean; reason: string }) => decideReuse(props.system, { choices: [{ camera: asking?.camera ?? '', ...words }] }),
    onSuccess: async (rows) => {
      client.setQueryData(getReadReuseQueryKey(props.system), rows)
      setAsking(null)
      await props.onChanged?.()
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  const mark = (row: InReachOut) => <StateMark standing={row.reuse === null ? 'soon' : 'met'}>{t(row.reuse === null ? 'reuse.undecided' : row.reuse ? 'reuse.reuse' : 'reuse.notReuse')}</StateMark>
  return (
    <section className="panel" aria-label={t('reuse.title')}>
      <div className="panel-head"><h2>{t('reuse.title')}</h2><ArticleChip matter="reuse" /></div>
      <Answered answer={answer} rows={2}>
        {(rows) =>
          rows.length === 0 ? <p className="secondary">{t('reuse.none')}</p> : (
            <Listing
              rows={rows}
              rowKey={(row) => row.camera}
              dense
              columns={[
                { key: 'name', title: t('reuse.camera'), card: 'head', render: (row) => row.name },
                { key: 'owner', title: t('reuse.owner'), render: (row) => `${row.unit_name} ${row.place_name}` },
                { key: 'metres', title: t('reuse.metres'), align: 'right', render: (row) => row.metres },
                { key: 'decision', title: t('reuse.decision'), card: 'mark', render: mark },
                { key: 'reason', title: t('reuse.reason'), card: 'wide', render: (row) => row.reason },
                { key: 'act', title: '', render: (row) => <Button type="link" onClick={() => setAsking(row)}>{t('reuse.decision')}</Button> },
              ]}
            />
          )
        }
      </Answered>
      {asking !== null && (
        <Modal open title={`${t('reuse.title')} · ${asking.name}`} okText={t('reuse.save')} cancelText={t('common.cancel')} onCancel={() => setAsking(null)} onOk={() => form.submit()} confirmLoading={act.isPending}>
          <Form form={form} layout="vertical" requiredMark={false} onFinish={(words: { reuse: boolean; reason: string }) => act.mutate(words)}>
            <Form.Item name="reuse" label={t('reuse.decision')} rules={required}><Radio.Group options={[{ value: true, label: t('reuse.reuse') }, { value: false, label: t('reuse.notReuse') }]} /></Form.Item>
            <Form.Item name="reason" label={t('reuse.reason')} rules={required}><Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} /></Form.Item>
            {act.error !== null && <Problem problem={act.error} />}
          </Form>
        </Modal>
      )}
    </section>
  )
}
