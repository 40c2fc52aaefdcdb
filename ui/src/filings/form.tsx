/** Hands in a filing: filled from the record, papers with their progress, the clock in sight. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Alert, App, Button, Form, Input, InputNumber, Progress, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getDraftFilingQueryOptions, submitFiling, type DraftOut, type SheetForm } from '../api/generated'
import { useDraft, type Draft } from '../frame/draft'
import { Answered, ArticleChip, PageHead, Problem, StateMark } from '../frame/parts'
import { stamp } from '../frame/time'
import { Upload } from '../frame/upload'
import { SHEET_FIELDS } from './fields'

export interface FilingSearch {
  system?: string
  replaces?: string
  change?: string
}

export function FilingFormPage() {
  const search: FilingSearch = useSearch({ strict: false })
  const { system = '', replaces = '', change = '' } = search
  const answer = useQuery(getDraftFilingQueryOptions({ system, replaces, change }, { staleTime: Infinity }))
  const [round, setRound] = useState(0)
  const name = `filing.${system}.${replaces}.${change}`
  return <Answered answer={answer}>{(draft) => <Filing key={`${name}.${round}`} name={name} draft={draft} onDiscard={() => setRound(round + 1)} />}</Answered>
}

type Papers = Record<string, { id: string; name: string }>

interface Written {
  sheet: SheetForm
  papers: Papers
}

const isWritten = (kept: object): boolean => 'sheet' in kept && 'papers' in kept

function Filing(props: { name: string; draft: DraftOut; onDiscard: () => void }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const { message } = App.useApp()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { draft } = props
  const [form] = Form.useForm<SheetForm>()
  const written: Draft<Written> = useDraft<Written>(props.name, (): Written => ({ sheet: { ...sheet, ...(form.getFieldsValue(true) as SheetForm) }, papers }), isWritten)
  const sheet: SheetForm = written.found?.sheet ?? draft.sheet
  const [papers, setPapers] = useState<Papers>(() => written.found?.papers ?? Object.fromEntries(draft.papers.map((one) => [one.paper, { id: one.attachment, name: one.name }])))
  const files = draft.required.filter((one) => !one.is_fact)
  const have = files.filter((one) => one.paper in papers).length
  const submit = useMutation({
    onMutate: written.keep, // what the server refuses, or never answers to, is not lost
    mutationFn: (sheet: SheetForm) =>
      submitFiling({
        system: draft.system,
        sheet: { ...draft.sheet, ...sheet },
        papers: Object.fromEntries(Object.entries(papers).map(([paper, kept]) => [paper, kept.id])),
        replaces: draft.replaces,
        change: draft.change,
      }),
    onSuccess: async (filed) => {
      written.forget()
      message.success(filed.number === '' ? t('filingForm.keptOnly') : t('filingForm.submitted', { number: filed.number }))
      await navigate({ to: '/filings/$id', params: { id: filed.id } })
      await client.invalidateQueries()
    },
  })
  return (
    <div className="page">
      <PageHead title={`${t('filingForm.title')} · ${draft.system_name}`} purpose={t('filingForm.purpose')} act={draft.due_on !== null && <StateMark standing={draft.due_on < draft.today ? 'overdue' : 'active'}>{t('filings.due')} {draft.due_on}</StateMark>} />
      <Alert className="spaced" showIcon type={draft.organ_name === '' ? 'warning' : 'info'} title={draft.organ_name === '' ? t('filingForm.noOrgan') : t('filingForm.toOrgan', { organ: draft.organ_name })} description={<>{t('filingForm.will')} <ArticleChip matter="filing" /></>} />
      {written.found !== null && (
        <Alert
          className="spaced"
          showIcon
          type="info"
          title={t('draft.found')}
          action={
            <Button
              size="small"
              onClick={() => {
                written.forget()
                props.onDiscard()
              }}
            >
              {t('draft.discard')}
            </Button>
          }
        />
      )}
      {files.length > 0 && (
        <section className="panel">
          <div className="panel-head"><h2>{t('filingForm.papers')}</h2><span className="secondary">{t('filingForm.progress', { have, of: files.length })}</span></div>
          <Progress percent={Math.round((have / files.length) * 100)} showInfo={false} aria-label={t('filingForm.papers')} />
          <ul className="plain">
            {files.map((one) => (
              <li key={one.row}>
                <StateMark standing={one.paper in papers ? 'met' : 'soon'}>{english ? one.name_en : one.name}</StateMark>
                <ArticleChip article={one.article} instrument={one.instrument} />
                <span className="wrap">{papers[one.paper]?.name}</span>
                <span className="spring" />
                <Upload
                  subject_kind="system"
                  subject={draft.system}
                  kind={one.paper}
                  label={t(one.paper in papers ? 'filingForm.again' : 'upload.pick')}
                  onDone={(kept) => setPapers((all) => ({ ...all, [one.paper]: { id: kept.id, name: kept.name } }))}
                />
              </li>
            ))}
          </ul>
        </section>
      )}
      <Form<SheetForm> form={form} layout="vertical" requiredMark={false} initialValues={sheet} onFinish={(sheet) => submit.mutate(sheet)}>
        {SHEET_FIELDS.map(({ group, fields }) => (
          <section key={group} className="panel">
            <h2>{t(`filingForm.${group}`)}</h2>
            <div className="grid-2">
              {fields.map((field) => (
                <Form.Item key={field} name={field} label={t(`sheet.${field}`)}>
                  <Input maxLength={500} />
                </Form.Item>
              ))}
            </div>
            {group === 'system' && (
              <Form.List name="cameras">
                {(rows, { add, remove }) => (
                  <>
                    <h3>{t('filingForm.devices')}</h3>
                    {rows.map((row) => (
                      <Space key={row.key} align="baseline" wrap>
                        <Form.Item name={[row.name, 'kind']} label={t('filingForm.kindOf')} rules={[{ required: true, message: t('common.required') }]}><Input maxLength={64} /></Form.Item>
                        <Form.Item name={[row.name, 'count']} label={t('filingForm.count')} rules={[{ required: true, message: t('common.required') }]}><InputNumber min={1} max={100000} precision={0} /></Form.Item>
                        <Button onClick={() => remove(row.name)}>{t('upload.drop')}</Button>
                      </Space>
                    ))}
                    <div><Button onClick={() => add({ kind: '', count: 1, remark: '' })}>{t('filingForm.add')}</Button></div>
                  </>
                )}
              </Form.List>
            )}
          </section>
        ))}
        {submit.error !== null && <Problem problem={submit.error} />}
        <div className="row">
          <Button type="primary" htmlType="submit" loading={submit.isPending}>{t('filingForm.submit')}</Button>
          {written.kept_ms !== null && <span className="secondary">{t('draft.kept', { time: stamp(written.kept_ms) })}</span>}
        </div>
      </Form>
    </div>
  )
}
