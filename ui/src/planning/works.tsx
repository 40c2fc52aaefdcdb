/** Main works and the standards checklist of a system, as sections of its page. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import {
  checkStandard, getReadChecklistQueryKey, getReadChecklistQueryOptions, getReadWorksQueryKey, getReadWorksQueryOptions, recordWorks,
  type AttachmentOut, type CheckOut, type CheckResult, type Milestone, type WorksOut,
} from '../api/generated'
import { Facts } from '../frame/entity'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, Nothing, Problem, StateMark, type Standing } from '../frame/parts'
import { Picked } from './picked'
import './words'

interface WorksWords {
  name: string
  number?: string
  designed_as_one?: boolean
  note?: string
  days: Partial<Record<Milestone, { planned?: string; passed?: string }>>
}

const day = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text)

function WorksForm(props: { system: string; known: WorksOut; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const [form] = Form.useForm<WorksWords>()
  const { known } = props
  const act = useMutation({
    mutationFn: (words: WorksWords) =>
      recordWorks(props.system, {
        name: words.name, number: words.number ?? '', designed_as_one: words.designed_as_one ?? false, note: words.note ?? '',
        milestones: known.milestones.map(({ milestone }) => ({ milestone, planned_on: day(words.days[milestone]?.planned), passed_on: day(words.days[milestone]?.passed) })),
      }),
    onSuccess: (works) => {
      client.setQueryData(getReadWorksQueryKey(props.system), works)
      props.onClose()
    },
  })
  const days = Object.fromEntries(known.milestones.map((one) => [one.milestone, { planned: one.planned_on ?? '', passed: one.passed_on ?? '' }]))
  return (
    <Modal open title={t('works.edit')} okText={t('works.save')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={act.isPending}>
      <Form<WorksWords> form={form} layout="vertical" requiredMark={false} initialValues={{ ...known, days }} onFinish={(words) => act.mutate(words)}>
        <Form.Item name="name" label={t('works.name')} rules={[{ required: true, message: t('common.required') }]}><Input maxLength={120} /></Form.Item>
        <Form.Item name="number" label={t('works.number')}><Input maxLength={80} /></Form.Item>
        <Form.Item name="designed_as_one" valuePropName="checked"><Checkbox>{t('works.asOne')}</Checkbox></Form.Item>
        {known.milestones.map((one) => (
          <div key={one.milestone} className="row">
            <span style={{ width: 132 }}>{i18n.language === 'en-US' ? one.label_en : one.label}</span>
            <Form.Item name={['days', one.milestone, 'planned']} label={t('works.planned')}><Input type="date" /></Form.Item>
            <Form.Item name={['days', one.milestone, 'passed']} label={t('works.passed')}><Input type="date" /></Form.Item>
          </div>
        ))}
        <Form.Item name="note" label={t('works.note')}><Input.TextArea maxLength={1000} autoSize={{ minRows: 2 }} /></Form.Item>
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}

export function WorksSection(props: { system: string; may: boolean }) {
  const { t, i18n } = useTranslation()
  const answer = useQuery(getReadWorksQueryOptions(props.system))
  const [asking, setAsking] = useState(false)
  const edit = props.may && <Button onClick={() => setAsking(true)}>{t('works.edit')}</Button>
  return (
    <section className="panel" aria-label={t('works.title')}>
      <div className="panel-head"><h2>{t('works.title')}</h2><span className="row"><ArticleChip matter="together" />{edit}</span></div>
      <Answered answer={answer} rows={2}>
        {(known) => (
          <>
            {known.in_use_without_system_since !== null && <Alert type="error" className="spaced" title={t('works.breach', { day: known.in_use_without_system_since })} />}
            {!known.known ? <Nothing text={t('works.none')} /> : (
              <Facts
                facts={[
                  { key: 'name', label: t('works.name'), value: known.name },
                  { key: 'number', label: t('works.number'), value: known.number },
                  { key: 'one', label: t('works.asOne'), value: t(known.designed_as_one ? 'works.yes' : 'works.no') },
                  ...known.milestones.map((one) => ({ key: one.milestone, label: i18n.language === 'en-US' ? one.label_en : one.label, value: one.passed_on ?? (one.planned_on === null ? null : `${t('works.planned')} ${one.planned_on}`) })),
                  { key: 'apart', label: t('works.title'), value: known.days_apart === null ? null : known.days_apart > 0 ? t('works.apart', { n: known.days_apart }) : t('works.together') },
                  { key: 'note', label: t('works.note'), value: known.note },
                ]}
              />
            )}
            {asking && <WorksForm system={props.system} known={known} onClose={() => setAsking(false)} />}
          </>
        )}
      </Answered>
    </section>
  )
}

const RESULT: Record<CheckResult, Standing> = { not_checked: 'unknown', passes: 'met', fails: 'overdue', not_applicable: 'unknown' }

interface CheckWords {
  result: CheckResult
  on: string
  note: string
}

function Check(props: { system: string; row: CheckOut; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [form] = Form.useForm<CheckWords>()
  const [papers, setPapers] = useState<AttachmentOut[]>([])
  const act = useMutation({
    mutationFn: (words: CheckWords) => checkStandard(props.system, { code: props.row.code, ...words, evidence: papers.map((paper) => paper.id) }),
    onSuccess: (rows) => {
      client.setQueryData(getReadChecklistQueryKey(props.system), rows)
      props.onClose()
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Modal open title={`${t('standards.check')} · ${props.row.code}`} okText={t('standards.check')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={act.isPending}>
      <Form<CheckWords> form={form} layout="vertical" requiredMark={false} onFinish={(words) => act.mutate(words)}>
        <Form.Item name="result" label={t('standards.result')} rules={required}>
          <Select options={(['passes', 'fails', 'not_applicable'] as const).map((result) => ({ value: result, label: t(`standards.${result}`) }))} />
        </Form.Item>
        <Form.Item name="on" label={t('standards.on')} rules={required}><Input type="date" /></Form.Item>
        <Form.Item name="note" label={t('standards.note')} rules={required}><Input.TextArea maxLength={1000} autoSize={{ minRows: 2 }} /></Form.Item>
        <Form.Item label={t('standards.evidence')}><Picked papers={papers} onChange={setPapers} subject={props.system} kind="standard" /></Form.Item>
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}

export function ChecklistSection(props: { system: string; may: boolean }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const answer = useQuery(getReadChecklistQueryOptions(props.system))
  const [asking, setAsking] = useState<CheckOut | null>(null)
  return (
    <section className="panel" aria-label={t('standards.title')}>
      <div className="panel-head"><h2>{t('standards.title')}</h2><ArticleChip matter="standards" /></div>
      <Answered answer={answer} rows={4}>
        {(rows) => (
          <Listing
            rows={rows}
            rowKey={(row) => row.code}
            dense
            columns={[
              { key: 'code', title: t('standards.code'), card: 'head', render: (row) => <><span className="nowrap">{row.code}</span> <span className="secondary">{english ? row.title_en : row.title}</span></> },
              { key: 'applies', title: t('standards.applies'), render: (row) => (english ? row.applies_en : row.applies) },
              { key: 'result', title: t('standards.result'), card: 'mark', render: (row) => <StateMark standing={RESULT[row.result]}>{t(`standards.${row.result}`)}</StateMark> },
              { key: 'on', title: t('standards.on'), render: (row) => row.on },
              { key: 'note', title: t('standards.note'), card: 'wide', render: (row) => row.note },
              ...(props.may ? [{ key: 'act', title: '', render: (row: CheckOut) => <Button type="link" onClick={() => setAsking(row)}>{t('standards.check')}</Button> }] : []),
            ]}
          />
        )}
      </Answered>
      {asking !== null && <Check system={props.system} row={asking} onClose={() => setAsking(null)} />}
    </section>
  )
}
