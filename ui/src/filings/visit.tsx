/** A site visit, written on the place with a telephone: kept on the device until the server has it, recorded once. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Alert, App, Button, Input, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getReadAttachmentUrl, getReadFilingQueryOptions, recordVisit, type FilingOut, type Seen, type VisitForm } from '../api/generated'
import { Refusal } from '../api/client'
import { useDraft, type Draft } from '../frame/draft'
import { Answered, ArticleChip, PageHead, Problem } from '../frame/parts'
import { stamp } from '../frame/time'
import { Upload } from '../frame/upload'
import { Clock } from '../systems/clocks'

const SEEN: readonly Seen[] = ['right', 'wrong', 'not_applicable', 'not_seen']

function blankVisit(today: string, officers: number): VisitForm {
  return {
    key: crypto.randomUUID(), // sent twice, it is one visit
    on: today,
    officers: Array.from({ length: officers }, () => ({ name: '', work_id: '' })),
    present: '',
    items: [],
    guidance: '',
    conclusion: '',
    photographs: [],
  }
}

const isVisit = (kept: object): boolean => 'key' in kept && 'photographs' in kept

export function VisitPage() {
  const { id = '' } = useParams({ strict: false })
  const answer = useQuery(getReadFilingQueryOptions(id, { staleTime: Infinity }))
  return <Answered answer={answer}>{(filing) => <Visit key={filing.id} filing={filing} />}</Answered>
}

function Visit(props: { filing: FilingOut }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const { message } = App.useApp()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { filing } = props
  const draft: Draft<VisitForm> = useDraft<VisitForm>(`visit.${filing.id}`, (): VisitForm => form, isVisit)
  const [form, setForm] = useState<VisitForm>(() => draft.found ?? blankVisit(filing.today, filing.officers_needed))
  const change = (what: Partial<VisitForm>) => setForm((before) => ({ ...before, ...what }))
  const item = (id: string) => form.items?.find((one) => one.item === id) ?? { item: id, seen: 'not_seen' as const, note: '' }
  const set = (id: string, what: { seen?: Seen; note?: string }) => change({ items: [...(form.items ?? []).filter((one) => one.item !== id), { ...item(id), ...what }] })
  const send = useMutation({
    onMutate: draft.keep, // whatever becomes of the answer, the same visit is sent again
    mutationFn: () => recordVisit(filing.id, { ...form, officers: form.officers.filter((officer) => officer.name.trim() !== '') }),
    onSuccess: async () => {
      draft.forget()
      message.success(t('visit.done'))
      await navigate({ to: '/filings/$id', params: { id: filing.id } })
      await client.invalidateQueries()
    },
  })
  const lost = send.error instanceof Refusal && send.error.status === 0
  return (
    <div className="page" style={{ maxWidth: 720 }}>
      <PageHead title={`${t('visit.title')} · ${filing.system_name}`} purpose={`${filing.unit_name} · ${filing.sheet.address ?? ''}`} act={filing.visit !== null && filing.visit !== undefined && <Clock clock={filing.visit} />} />
      <section className="panel">
        <label className="spaced">{t('visit.on')}<Input size="large" type="date" max={filing.today} value={form.on} onChange={(event) => change({ on: event.target.value })} /></label>
        <h2 className="spaced-top">{t('visit.officers')}</h2>
        {form.officers.map((officer, at) => (
          <div key={at} className="row spaced">
            <Input size="large" style={{ flex: 2, minWidth: 120 }} aria-label={`${t('visit.officer')} ${at + 1}`} placeholder={t('visit.officer')} maxLength={64} value={officer.name} onChange={(event) => change({ officers: form.officers.map((one, i) => (i === at ? { ...one, name: event.target.value } : one)) })} />
            <Input size="large" style={{ flex: 3, minWidth: 120 }} aria-label={`${t('visit.workId')} ${at + 1}`} placeholder={t('visit.workId')} maxLength={32} value={officer.work_id ?? ''} onChange={(event) => change({ officers: form.officers.map((one, i) => (i === at ? { ...one, work_id: event.target.value } : one)) })} />
          </div>
        ))}
        <Input size="large" aria-label={t('visit.present')} placeholder={t('visit.present')} maxLength={200} value={form.present ?? ''} onChange={(event) => change({ present: event.target.value })} />
      </section>
      <section className="panel">
        <h2>{t('visit.items')}</h2>
        {filing.items.map((one) => (
          <fieldset key={one.item} className="spaced" style={{ border: 0, padding: 0 }}>
            <legend>{english ? one.name_en : one.name} {one.article !== '' && <ArticleChip article={one.article} />}</legend>
            <Radio.Group size="large" style={{ display: 'flex' }} value={item(one.item).seen} onChange={(event) => set(one.item, { seen: event.target.value as Seen })}>
              {SEEN.map((seen) => <Radio.Button key={seen} value={seen} style={{ flex: 1, paddingInline: 4, textAlign: 'center', height: 44, lineHeight: '42px' }}>{t(`visit.seen.${seen}`)}</Radio.Button>)}
            </Radio.Group>
            {item(one.item).seen === 'wrong' && <Input size="large" aria-label={t('visit.note')} placeholder={t('visit.note')} maxLength={500} value={item(one.item).note ?? ''} onChange={(event) => set(one.item, { note: event.target.value })} />}
          </fieldset>
        ))}
      </section>
      <section className="panel">
        <h2>{t('visit.photographs')}</h2>
        <div className="row">
          {form.photographs.map((photograph) => <img key={photograph} src={getReadAttachmentUrl(photograph)} alt={t('visit.photographs')} style={{ width: 96, height: 72, objectFit: 'cover' }} />)}
        </div>
        <Upload camera multiple subject_kind="filing" subject={filing.id} kind="photograph" label={t('visit.photograph')} onDone={(photograph) => setForm((before) => ({ ...before, photographs: [...before.photographs, photograph.id] }))} />
        {form.photographs.length === 0 && <p className="secondary">{t('visit.needPhotograph')}</p>}
      </section>
      <section className="panel">
        <h2>{t('visit.guidance')}</h2>
        <Input.TextArea aria-label={t('visit.guidance')} autoSize={{ minRows: 3 }} maxLength={2000} value={form.guidance} onChange={(event) => change({ guidance: event.target.value })} />
        <h2>{t('visit.conclusion')}</h2>
        <Input size="large" aria-label={t('visit.conclusion')} maxLength={500} value={form.conclusion ?? ''} onChange={(event) => change({ conclusion: event.target.value })} />
      </section>
      <Alert className="spaced" type="info" title={t('systems.follows')} description={t('visit.will')} />
      {send.error !== null && (lost ? <Alert className="spaced" type="warning" showIcon title={t('visit.offline')} /> : <Problem problem={send.error} />)}
      <Button type="primary" size="large" block loading={send.isPending} onClick={() => send.mutate()}>{t('visit.submit')}</Button>
      {draft.kept_ms !== null && <p className="status-line">{t('draft.kept', { time: stamp(draft.kept_ms) })}</p>}
    </div>
  )
}
