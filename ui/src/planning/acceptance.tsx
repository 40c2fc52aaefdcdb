/** Acceptance of a government's system: the sheets on record, the sheet to fill in, and putting to use after a pass. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, Form, Input, InputNumber, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { acceptSystem, getReadAcceptancesQueryKey, getPrintAcceptanceUrl, getReadAcceptancesQueryOptions, useSystem as putToUse, type AcceptanceOut, type AcceptancesOut, type AttachmentOut, type ItemResult, type SheetItemOut } from '../api/generated'
import { useSession } from '../frame/context'
import { Answered, ArticleChip, Nothing, Problem, StateMark } from '../frame/parts'
import { has } from '../frame/roles'
import { Picked } from './picked'
import './planning.css'
import './words'

interface Words {
  number: string
  on: string
  items: Record<string, { result?: ItemResult; measured?: number; note?: string }>
  members: { organ?: string; name?: string; title?: string }[]
  issues?: string
}

const RESULTS: ItemResult[] = ['passes', 'fails', 'not_applicable']

function Row(props: { item: SheetItemOut; floor: number }) {
  const { t, i18n } = useTranslation()
  const { item } = props
  const name = i18n.language === 'en-US' ? item.name_en : item.name
  const results = RESULTS.filter((result) => !item.always || result !== 'not_applicable')
  return (
    <div className="sheet-row" role="group" aria-label={name}>
      <span className="row">{name}{item.article !== '' && <ArticleChip article={item.article} />}</span>
      <Form.Item name={['items', item.id, 'result']} rules={[{ required: true, message: t('common.required') }]}>
        <Radio.Group optionType="button" options={results.map((result) => ({ value: result, label: t(`acceptance.${result}`) }))} />
      </Form.Item>
      {item.measures === '' ? <span /> : (
        <Form.Item name={['items', item.id, 'measured']} rules={[{ required: true, message: t('common.required') }]} extra={item.measures === 'days' ? t('acceptance.floor', { n: props.floor }) : undefined}>
          <InputNumber min={0} aria-label={t('acceptance.measured')} suffix={t(`acceptance.${item.measures}`)} />
        </Form.Item>
      )}
      <Form.Item name={['items', item.id, 'note']}><Input maxLength={500} placeholder={t('acceptance.note')} aria-label={t('acceptance.note')} /></Form.Item>
    </div>
  )
}

function Sheet(props: { system: string; known: AcceptancesOut; onClose: () => void; onDone: () => Promise<void> }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const { known } = props
  const [form] = Form.useForm<Words>()
  const [papers, setPapers] = useState<AttachmentOut[]>([])
  const found = Form.useWatch('items', form) ?? {}
  const failed = Object.values(found).some((one) => one?.result === 'fails')
  const act = useMutation({
    mutationFn: (words: Words) =>
      acceptSystem(props.system, {
        number: words.number,
        on: words.on,
        conclusion: failed ? 'failed' : 'passed',
        items: known.sheet.map((item) => ({ item: item.id, result: words.items[item.id]?.result ?? 'fails', measured: words.items[item.id]?.measured ?? null, note: words.items[item.id]?.note ?? '' })),
        members: words.members.map((one) => ({ organ: one.organ ?? '', name: one.name ?? '', title: one.title ?? '' })),
        issues: words.issues ?? '',
        attachments: papers.map((paper) => paper.id),
      }),
    onSuccess: async () => {
      await props.onDone()
      message.success(t('acceptance.done'))
      props.onClose()
    },
  })
  const required = [{ required: true, message: t('common.required') }]
  return (
    <Modal open width={960} title={t('acceptance.add')} okText={t(failed ? 'acceptance.failed' : 'acceptance.passed')} okButtonProps={{ danger: failed }} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={act.isPending}>
      <Form<Words> form={form} layout="vertical" requiredMark={false} initialValues={{ items: {}, members: [{}, {}] }} onFinish={(words) => act.mutate(words)}>
        <div className="grid-2">
          <Form.Item name="number" label={t('acceptance.number')} rules={required}><Input maxLength={80} /></Form.Item>
          <Form.Item name="on" label={t('acceptance.on')} rules={required}><Input type="date" /></Form.Item>
        </div>
        {known.sheet.map((item) => <Row key={item.id} item={item} floor={known.storage_days} />)}
        <h2>{t('acceptance.members')}</h2>
        <Form.List name="members">
          {(fields, { add, remove }) => (
            <>
              {fields.map((field) => (
                <div key={field.key} className="member-row">
                  <Form.Item noStyle name={[field.name, 'organ']} rules={required}><Input maxLength={100} placeholder={t('acceptance.organ')} aria-label={t('acceptance.organ')} /></Form.Item>
                  <Form.Item noStyle name={[field.name, 'name']} rules={required}><Input maxLength={64} placeholder={t('acceptance.person')} aria-label={t('acceptance.person')} /></Form.Item>
                  <Form.Item noStyle name={[field.name, 'title']}><Input maxLength={64} placeholder={t('acceptance.duty')} aria-label={t('acceptance.duty')} /></Form.Item>
                  <Button type="link" danger disabled={fields.length <= 2} onClick={() => remove(field.name)}>{t('acceptance.removeMember')}</Button>
                </div>
              ))}
              <Button className="spaced" onClick={() => add({})}>{t('acceptance.addMember')}</Button>
            </>
          )}
        </Form.List>
        <h2>{t('acceptance.papers')}</h2>
        <Picked papers={papers} onChange={setPapers} subject={props.system} kind="acceptance" />
        {failed && <Form.Item name="issues" label={t('acceptance.issues')} rules={required}><Input.TextArea maxLength={2000} autoSize={{ minRows: 2 }} /></Form.Item>}
        <Alert type={failed ? 'warning' : 'info'} title={t(failed ? 'acceptance.willFail' : 'acceptance.willPass')} action={<ArticleChip matter="acceptance" />} />
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}

function Use(props: { system: string; onClose: () => void; onDone: () => Promise<void> }) {
  const { t } = useTranslation()
  const [form] = Form.useForm<{ on: string }>()
  const act = useMutation({
    mutationFn: (words: { on: string }) => putToUse(props.system, words),
    onSuccess: async () => {
      await props.onDone()
      props.onClose()
    },
  })
  return (
    <Modal open title={t('acceptance.use')} okText={t('acceptance.use')} cancelText={t('common.cancel')} onCancel={props.onClose} onOk={() => form.submit()} confirmLoading={act.isPending}>
      <Alert type="info" className="spaced" title={t('acceptance.useFollows')} action={<ArticleChip matter="acceptance" />} />
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(words: { on: string }) => act.mutate(words)}>
        <Form.Item name="on" label={t('plan.on')} rules={[{ required: true, message: t('common.required') }]}><Input type="date" /></Form.Item>
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}

function Past(props: { system: string; one: AcceptanceOut; sheet: readonly SheetItemOut[] }) {
  const { t, i18n } = useTranslation()
  const { one } = props
  const passed = one.conclusion === 'passed'
  const failed = one.items.filter((item) => item.result === 'fails').map((item) => {
    const row = props.sheet.find((known) => known.id === item.item)
    return (i18n.language === 'en-US' ? row?.name_en : row?.name) ?? item.item
  })
  const storage = one.items.find((item) => item.item === 'storage')?.measured
  return (
    <li>
      <StateMark standing={passed ? 'met' : 'overdue'}>{t(passed ? 'acceptance.passed' : 'acceptance.failed')}</StateMark>
      <span>{one.on}</span>
      <span className="wrap">{one.number}</span>
      {storage !== null && storage !== undefined && <span>{t('acceptance.measured')} {storage} {t('acceptance.days')}</span>}
      {failed.length > 0 && <span className="wrap">{failed.join(' · ')}</span>}
      {one.issues !== '' && <span className="wrap">{one.issues}</span>}
      <span className="spring" />
      <a href={getPrintAcceptanceUrl(props.system, { acceptance: one.id, language: i18n.language === 'en-US' ? 'en' : 'zh' })} target="_blank" rel="noreferrer">{t('acceptance.print')}</a>
      <span className="secondary wrap">{one.members.map((member) => `${member.organ} ${member.name}`).join(' · ')}</span>
    </li>
  )
}

/** A section of the system's page; `onChanged` lets the page ask for the system anew. */
export function AcceptanceSection(props: { system: string; onChanged?: () => Promise<void> }) {
  const { t } = useTranslation()
  const session = useSession()
  const client = useQueryClient()
  const answer = useQuery(getReadAcceptancesQueryOptions(props.system))
  const [asking, setAsking] = useState<'sheet' | 'use' | null>(null)
  const planner = has(session, 'planner')
  const done = async (): Promise<void> => {
    await client.invalidateQueries({ queryKey: getReadAcceptancesQueryKey(props.system) })
    await props.onChanged?.()
  }
  return (
    <section id="acceptance" className="panel" aria-label={t('acceptance.title')}>
      <div className="panel-head"><h2>{t('acceptance.title')}</h2><ArticleChip matter="acceptance" /></div>
      <Answered answer={answer} rows={2}>
        {(known) => {
          if (known.builder !== 'government') return <p className="secondary">{t('acceptance.notNeeded')}</p>
          const act =
            planner && known.state === 'built' ? <Button type="primary" onClick={() => setAsking('sheet')}>{t('acceptance.add')}</Button>
            : planner && known.state === 'accepted' ? <Button type="primary" onClick={() => setAsking('use')}>{t('acceptance.use')}</Button>
            : null
          return (
            <>
              {known.acceptances.length === 0 ? <Nothing text={t('acceptance.none')} act={act} /> : (
                <>
                  <ul className="plain spaced">{known.acceptances.map((one) => <Past key={one.id} system={props.system} one={one} sheet={known.sheet} />)}</ul>
                  {act}
                </>
              )}
              {asking === 'sheet' && <Sheet system={props.system} known={known} onClose={() => setAsking(null)} onDone={done} />}
              {asking === 'use' && <Use system={props.system} onClose={() => setAsking(null)} onDone={done} />}
            </>
          )
        }}
      </Answered>
    </section>
  )
}
