/** The words of an article with its rows and readings, and the other instrument's word on the same. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { getReadArticleQueryOptions, type InstrumentOut, type PassageOut, type RowOut } from '../api/generated'
import { Answered } from '../frame/parts'
import { cited } from './citation'

const LOCAL = 'local'
const ROWS = 8 // more is a list, not a glance
const OTHERS = 4

const useEnglish = (): boolean => useTranslation().i18n.language === 'en-US'

function Head(props: { instrument: InstrumentOut; article: string }) {
  const { t, i18n } = useTranslation()
  const english = useEnglish()
  const { instrument } = props
  return (
    <header>
      <b>〔{cited(props.article, i18n.language)}〕</b> {english ? instrument.title_en : instrument.title}
      <div className="secondary">
        {t(instrument.in_force ? 'law.inForce' : 'law.notInForce', { date: instrument.valid_from })} · {t(`law.rank.${instrument.rank}`)}
      </div>
    </header>
  )
}

/** The figures of a row as one line of words; nothing for a row without. */
function Figures(props: { row: RowOut }) {
  const { t } = useTranslation()
  const { row } = props
  const english = useEnglish()
  const said: string[] = []
  if (row.law !== null) said.push(english ? `${row.law_en ?? row.law} ${cited(row.law_article ?? '', 'en-US')}` : `${row.law}${row.law_article ?? ''}`)
  if (row.source !== null) said.push(row.source)
  if (row.organ !== null && row.approver !== null) said.push(t(`law.organ.${row.organ}`), t(`law.approver.${row.approver}`))
  if (row.value !== null) said.push(t('law.value', { value: row.value }))
  if (row.debtor !== null) said.push(t(`law.debtor.${row.debtor}`, { defaultValue: row.debtor }))
  if (row.days !== null && row.kind === 'duty') {
    said.push(t(row.direction === 'before' ? 'law.daysBefore' : 'law.daysAfter', { days: row.days, trigger: t(`law.trigger.${row.trigger}`) }))
    if (row.roll === 'next-working-day') said.push(t('law.rolls'))
  } else if (row.days !== null) said.push(t('law.days', { days: row.days }))
  if (row.party !== null && row.max_yuan !== null) {
    const amount = row.min_yuan === 0 ? 'law.upTo' : 'law.range'
    said.push(t(`law.party.${row.party}`), t(amount, { min: row.min_yuan, max: row.max_yuan }))
  }
  if (row.precondition !== null) said.push(t(`law.precondition.${row.precondition}`))
  return said.length === 0 ? null : <div className="secondary">{said.join(' · ')}</div>
}

function Rows(props: { rows: RowOut[] }) {
  const { t } = useTranslation()
  const english = useEnglish()
  if (props.rows.length === 0) return <p className="secondary">{t('law.noRow')}</p>
  return (
    <ul className="law-rows">
      {props.rows.slice(0, ROWS).map((row) => (
        <li key={row.id}>
          <div>
            <span className="law-kind">{t(`law.kind.${row.kind}`)}</span> {(english ? row.name_en : row.name) || row.says}
          </div>
          <Figures row={row} />
          {row.reading !== '' && <div className="law-reading">{t('law.reading', { text: english ? row.reading_en : row.reading })}</div>}
          <div className="mono secondary">{row.id}</div>
        </li>
      ))}
      {props.rows.length > ROWS && <li className="secondary">{t('law.moreRows', { count: props.rows.length - ROWS })}</li>}
    </ul>
  )
}

function Words(props: { text: string }) {
  return (
    <blockquote lang="zh-CN">
      {props.text.split('\n').map((line, index) => (
        <p key={index}>{line}</p>
      ))}
    </blockquote>
  )
}

function Other(props: { passage: PassageOut }) {
  const { passage } = props
  return (
    <details>
      <summary>
        <Head instrument={passage.instrument} article={passage.article} />
      </summary>
      <Words text={passage.text} />
      <Rows rows={passage.rows} />
    </details>
  )
}

export function Passage(props: { article: string; instrument?: string }) {
  const { t } = useTranslation()
  const fresh = { staleTime: Infinity, retry: false } // the law of an installation does not change while it runs
  const answer = useQuery(getReadArticleQueryOptions(props.instrument ?? LOCAL, props.article, fresh))
  return (
    <Answered answer={answer} rows={3}>
      {(law) => (
        <article>
          <Head instrument={law.instrument} article={law.article} />
          <Words text={law.text} />
          <h3>{t('law.rows')}</h3>
          <Rows rows={law.rows} />
          {law.others.length > 0 && (
            <>
              <h3>{t('law.others')}</h3>
              {law.others.slice(0, OTHERS).map((passage) => (
                <Other key={`${passage.instrument.id} ${passage.article}`} passage={passage} />
              ))}
              {law.others.length > OTHERS && <p className="secondary">{t('law.moreOthers', { count: law.others.length - OTHERS })}</p>}
            </>
          )}
        </article>
      )}
    </Answered>
  )
}
