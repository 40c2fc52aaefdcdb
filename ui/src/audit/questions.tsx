/** The saved questions: what each looks for, asked with a click, each asking an entry of the ledger. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'

import { askAuditQuestion, getListAuditQuestionsQueryOptions, type OddityOut, type QuestionOut } from '../api/generated'
import type { Asked } from '../api/queries'
import { Listing } from '../frame/listing'
import { Answered, Problem, StateMark } from '../frame/parts'
import { stamp } from '../frame/time'

const SHOWN = 8 // entries of one finding; the others are met by the filters
const COUNTED = ['cameras', 'refused', 'unreported'] // of the others each finding is one entry
const OF_REQUESTS = 'unreported'
const OF_LEDGER = 'refused' // its entries are refused acts, which the register does not have

function Saved(props: { question: QuestionOut; search: Asked; onOpen: (index: number) => void }) {
  const { t } = useTranslation()
  const { question, search } = props
  const { name } = question
  const ask = useMutation({
    mutationFn: () => askAuditQuestion(name, { ...(search.from === undefined ? {} : { from_ms: search.from }), ...(search.to === undefined ? {} : { to_ms: search.to }) }),
  })
  const told = (one: OddityOut): string => t(`audit.told.${name}`, { n: one.count })
  return (
    <li>
      <div className="audit-question">
        <strong>{t(`audit.question.${name}`, { defaultValue: name })}</strong>
        <div className="secondary wrap">{t(`audit.figures.${name}`, { ...question.figures, defaultValue: '' })}</div>
      </div>
      {ask.data !== undefined && <StateMark standing={ask.data.found.length > 0 ? 'soon' : 'met'}>{ask.data.found.length > 0 ? t('audit.found', { n: ask.data.found.length }) : t('audit.none')}</StateMark>}
      <Button onClick={() => ask.mutate()} loading={ask.isPending} aria-label={`${t('audit.ask')} ${t(`audit.question.${name}`, { defaultValue: name })}`}>{t('audit.ask')}</Button>
      {ask.error !== null && <div style={{ width: '100%' }}><Problem problem={ask.error} /></div>}
      {ask.data !== undefined && (
        <div style={{ width: '100%' }} role="status" className="audit-found">
          {ask.data.cut && <p><StateMark standing="unknown">{t('audit.cut')}</StateMark></p>}
          {ask.data.found.length > 0 && (
            <Listing
              dense
              rows={ask.data.found}
              rowKey={(one) => `${one.person} ${one.at_ms} ${one.request}`}
              page={20}
              columns={[
                { key: 'at', title: t('common.time'), className: 'nowrap', card: 'mark', width: 180, render: (one) => stamp(one.at_ms) },
                { key: 'person', title: t('common.person'), card: 'head', render: (one) => one.name },
                ...(COUNTED.includes(name) ? [{ key: 'told', title: t('audit.extent'), render: told }] : []),
                ...(name === OF_REQUESTS ? [{ key: 'number', title: t('uses.number'), render: (one: OddityOut) => one.request !== '' && <Link to="/requests/$id" params={{ id: one.request }}>{one.number}</Link> }] : [{
                  key: 'entries', title: t(name === OF_LEDGER ? 'audit.ledgerEntry' : 'register.number'), card: 'wide' as const,
                  render: (one: OddityOut) => one.entries.length > 0 && (
                    <span className="row">
                      {one.entries.slice(0, SHOWN).map((index) => (name === OF_LEDGER ? <span key={index}>{index}</span> : <Button key={index} size="small" type="link" onClick={() => props.onOpen(index)}>{index}</Button>))}
                      {one.entries.length > SHOWN && <span>…</span>}
                      {name === OF_LEDGER && <Link to="/audit" search={{ refused: true, person: one.person }}>{t('audit.refused')}</Link>}
                    </span>
                  ),
                }]),
              ]}
            />
          )}
          <p className="status-line">{t('audit.entered', { entry: ask.data.entry })}</p>
        </div>
      )}
    </li>
  )
}

export function Questions(props: { search: Asked; onOpen: (index: number) => void }) {
  const { t } = useTranslation()
  const answer = useQuery(getListAuditQuestionsQueryOptions({ staleTime: Infinity }))
  return (
    <section className="panel" aria-label={t('audit.questions')}>
      <h2>{t('audit.questions')}</h2>
      <p className="secondary">{t('audit.questionsHint')}</p>
      <Answered answer={answer} rows={4}>
        {(questions) => <ul className="plain">{questions.map((one) => <Saved key={one.name} question={one} {...props} />)}</ul>}
      </Answered>
    </section>
  )
}
