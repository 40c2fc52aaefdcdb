/** One filing: what was handed in, what lacks, what the organ did with it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Alert, App, Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getPrintFilingUrl, getPrintReceiptUrl, getPrintVisitUrl, getReadAttachmentUrl, getReadFilingQueryOptions, keepNationalReceipt, returnFiling, takeOverFiling, type FilingOut } from '../api/generated'
import { useSession } from '../frame/context'
import { EntityPage, Facts } from '../frame/entity'
import { Answered, ArticleChip, Problem, StateMark } from '../frame/parts'
import { bytes } from '../frame/time'
import { Clock } from '../systems/clocks'
import { SHEET_FIELDS } from './fields'
import { FilingMark, InTime, Lacking } from './state'

export function FilingPage() {
  const { id = '' } = useParams({ strict: false })
  const answer = useQuery(getReadFilingQueryOptions(id))
  return <Answered answer={answer}>{(filing) => <Shown filing={filing} asOf={answer.dataUpdatedAt} />}</Answered>
}

function Shown(props: { filing: FilingOut; asOf: number }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const navigate = useNavigate()
  const session = useSession()
  const { filing } = props
  const [asking, setAsking] = useState<'send_back' | 'receive' | 'national' | null>(null)
  const own = filing.unit === session.unit.id
  const begin = (step: string): void => {
    if (step === 'visit') void navigate({ to: '/filings/$id/visit', params: { id: filing.id } })
    else if (step === 'resubmit') void navigate({ to: '/filings/new', search: { system: filing.system, replaces: filing.id } })
    else if (step === 'send_back' || step === 'receive') setAsking(step)
  }
  return (
    <EntityPage
      title={`${filing.system_name} · ${t(`filingKind.${filing.kind}`)}`}
      purpose={filing.number || t('filings.title')}
      mark={<FilingMark state={filing.state} />}
      clock={filing.visit !== null && filing.visit !== undefined && <Clock clock={filing.visit} />}
      steps={filing.steps}
      onStep={begin}
      factsMatter="filing"
      facts={[
        { key: 'unit', label: t('filings.unit'), value: filing.unit_name },
        { key: 'system', label: t('filings.system'), value: <Link to="/systems/$id" params={{ id: filing.system }}>{filing.system_name}</Link> },
        { key: 'organ', label: t('filings.organ'), value: filing.organ_name },
        { key: 'received', label: t('filings.received'), value: filing.received_on },
        { key: 'due', label: t('filings.due'), value: filing.due_on },
        { key: 'inTime', label: t('filings.inTime'), value: filing.received_on === null ? '' : <InTime filing={filing} /> },
        { key: 'lacking', label: t('filings.lacking'), value: <Lacking count={filing.lacking} /> },
        { key: 'by', label: t('filings.by'), value: filing.by_name },
        {
          key: 'printed',
          label: t('filings.printed'),
          value: (
            <span className="row">
              {filing.number !== '' && <a href={getPrintReceiptUrl(filing.id)} target="_blank" rel="noreferrer">{t('filings.receipt')}</a>}
              <a href={getPrintFilingUrl(filing.id)} target="_blank" rel="noreferrer">{t(filing.kind === 'change' ? 'filings.changeForm' : 'filings.form')}</a>
            </span>
          ),
        },
        { key: 'national', label: t('filings.national'), value: filing.national_number },
      ]}
      papers={
        <ul className="plain">
          {filing.papers.map((paper) => (
            <li key={paper.attachment}>
              <a className="wrap" href={getReadAttachmentUrl(paper.attachment)} target="_blank" rel="noreferrer">{paper.name}</a>
              <span className="spring" />
              <span>{t(`paper.${paper.paper}`, { defaultValue: paper.paper })}</span>
              <span className="secondary">{bytes(paper.size_bytes)}</span>
              <span className="secondary mono" title={paper.sha256}>SHA-256 {paper.sha256.slice(0, 12)}…</span>
            </li>
          ))}
        </ul>
      }
      history={filing.history.map((line) => ({ index: line.index, at_ms: line.at_ms, what: line.kind, person: line.actor }))}
      asOf_ms={props.asOf}
    >
      {filing.state === 'held' && <Alert className="spaced" type="warning" showIcon title={t('filings.held')} />}
      {filing.return_reason !== '' && (
        <Alert className="spaced" type="warning" showIcon title={`${t('filings.returned')} · ${filing.returned_on ?? ''}`} description={<div className="wrap">{filing.return_reason}</div>} />
      )}
      {filing.required.length > 0 && (
        <section className="panel">
          <h2>{t('filings.required')}</h2>
          <ul className="plain">
            {filing.required.map((one) => (
              <li key={one.row}>
                <StateMark standing={one.lacking ? 'overdue' : 'met'}>{t(one.lacking ? 'filings.missing' : 'filings.there')}</StateMark>
                <span>{english ? one.name_en : one.name}</span>
                <ArticleChip article={one.article} instrument={one.instrument} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {filing.visits.map((visit) => (
        <section key={visit.id} className="panel">
          <div className="panel-head"><h2>{t('visit.title')} · {visit.on}</h2><span className="row"><a href={getPrintVisitUrl(filing.id, { visit: visit.id, language: english ? 'en' : 'zh' })} target="_blank" rel="noreferrer">{t('visit.print')}</a><ArticleChip matter="filing" /></span></div>
          <p className="wrap"><strong>{t('visit.guidance')}</strong> {visit.guidance}</p>
          <ul className="plain">
            {visit.items.filter((item) => item.seen !== 'not_seen').map((item) => (
              <li key={item.item}>
                <StateMark standing={item.seen === 'wrong' ? 'overdue' : item.seen === 'right' ? 'met' : 'unknown'}>{t(`visit.seen.${item.seen}`)}</StateMark>
                <span>{english ? item.name_en : item.name}</span>
                <span className="secondary wrap">{item.note}</span>
              </li>
            ))}
          </ul>
          <div className="row">
            {visit.photographs.map((photograph) => (
              <a key={photograph} href={getReadAttachmentUrl(photograph)} target="_blank" rel="noreferrer">
                <img src={getReadAttachmentUrl(photograph)} alt={t('visit.photographs')} style={{ maxWidth: 160, maxHeight: 120 }} />
              </a>
            ))}
          </div>
          <p className="secondary">{visit.officers.map((officer) => officer.name).join(' · ')}</p>
        </section>
      ))}
      <section className="panel">
        <h2>{t('filings.sheet')}</h2>
        <Facts
          facts={[
            ...SHEET_FIELDS.flatMap((group) => group.fields).map((field) => ({ key: field, label: t(`sheet.${field}`), value: filing.sheet[field] })),
            { key: 'cameras', label: t('filingForm.devices'), value: (filing.sheet.cameras ?? []).map((one) => `${one.kind} × ${one.count}`).join(' · ') },
          ]}
        />
      </section>
      {own && filing.number !== '' && (
        <section className="panel">
          <div className="panel-head"><h2>{t('filings.national')}</h2></div>
          <p className="secondary">{t('filings.nationalHint')}</p>
          {filing.national_number === '' ? <Button onClick={() => setAsking('national')}>{t('filings.nationalKeep')}</Button> : <span className="mono">{filing.national_number}</span>}
        </section>
      )}
      {asking !== null && <Asked filing={filing} step={asking} onClose={() => setAsking(null)} />}
    </EntityPage>
  )
}

function Asked(props: { filing: FilingOut; step: 'send_back' | 'receive' | 'national'; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [form] = Form.useForm<{ words: string }>()
  const { filing, step } = props
  const act = useMutation({
    mutationFn: async (words: string): Promise<unknown> => {
      if (step === 'send_back') return returnFiling(filing.id, { reason: words })
      if (step === 'receive') return takeOverFiling(filing.id, { received_on: words })
      return keepNationalReceipt(filing.id, { number: words })
    },
    onSuccess: async () => {
      message.success(t('systems.done'))
      await client.invalidateQueries()
      props.onClose()
    },
  })
  const shown = filing.steps.find((one) => one.step === step)
  const title = shown === undefined ? t('filings.nationalKeep') : i18n.language === 'en-US' ? shown.label_en : shown.label
  const label = { send_back: t('filings.returnReason'), receive: t('filings.receivedOn'), national: t('filings.nationalNumber') }[step]
  const follows = { send_back: t('filings.returnFollows'), receive: t('filings.receiveFollows'), national: t('filings.nationalHint') }[step]
  return (
    <Modal open title={title} okText={title} cancelText={t('common.cancel')} confirmLoading={act.isPending} onCancel={props.onClose} onOk={() => form.submit()}>
      <Alert type="info" className="spaced" title={t('systems.follows')} description={follows} />
      <Form<{ words: string }> form={form} layout="vertical" requiredMark={false} onFinish={({ words }) => act.mutate(words.trim())}>
        <Form.Item name="words" label={label} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
          {step === 'send_back' ? <Input.TextArea autoSize={{ minRows: 3 }} maxLength={1000} /> : <Input type={step === 'receive' ? 'date' : 'text'} maxLength={64} />}
        </Form.Item>
        {act.error !== null && <Problem problem={act.error} />}
      </Form>
    </Modal>
  )
}
