/** The page of one thing on record: head, what is lawful next and who may do it, facts, papers, history. */
import { Button, Descriptions, Timeline } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

import { getReadAttachmentUrl, type AttachmentOut } from '../api/generated'
import type { Matter } from '../api/queries'
import { ArticleChip, Nothing, PageHead, StateMark, type Standing } from './parts'
import { bytes, stamp, zone } from './time'

/** A step as `web/steps.py` answers it. */
export interface EntityStep {
  step: string
  label: string
  label_en: string
  may: boolean
  why: string
  why_en: string
  article: string
}

/** A fact with its name; what is null, undefined or empty is left out. */
export interface Fact {
  key: string
  label: string
  value: ReactNode
}

/** One line of the ledger about the thing. */
export interface Past {
  index: number
  at_ms: number
  what: string
  person: string
  comment?: string
}

/** How an obligation stands, as the server reckoned it in the zone of its instrument. */
export type DutyStanding = 'met' | 'due' | 'due_soon' | 'overdue' | 'breached' | 'not_measured' | 'not_applicable'

const STANDING: Record<DutyStanding, Standing> = {
  met: 'met', due: 'met', due_soon: 'soon', overdue: 'overdue', breached: 'overdue', not_measured: 'unknown', not_applicable: 'unknown',
}

/** ● 正常（剩 12 天） ▲ 将逾期（剩 3 天） ■ 逾期 2 天 ○ 未测: `days` are those left, negative when over. */
export function ClockMark(props: { standing: DutyStanding; days: number | null }) {
  const { t } = useTranslation()
  const { standing, days } = props
  const key = days === 0 && (standing === 'due' || standing === 'due_soon') ? 'today' : days === null && standing === 'not_measured' ? 'open' : standing
  return <StateMark standing={STANDING[standing]}>{t(`dutyClock.${key}`, { n: Math.abs(days ?? 0) })}</StateMark>
}

/** What is lawful now. A step that is not open to the person stands as a line with its reason, never as a grey button. */
export function Steps(props: { steps: readonly EntityStep[]; onStep: (step: string) => void }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  const open = props.steps.filter((step) => step.may)
  const closed = props.steps.filter((step) => !step.may)
  if (props.steps.length === 0) return <p className="secondary">{t('entity.noStep')}</p>
  return (
    <>
      {open.length > 0 && (
        <div className="row">
          {open.map((step, at) => (
            <span key={step.step} className="row">
              <Button type={at === 0 ? 'primary' : 'default'} onClick={() => props.onStep(step.step)}>{english ? step.label_en : step.label}</Button>
              {step.article !== '' && <ArticleChip article={step.article} />}
            </span>
          ))}
        </div>
      )}
      {closed.length > 0 && (
        <ul className="plain closed-steps">
          {closed.map((step) => (
            <li key={step.step}>
              <StateMark standing="unknown">{english ? step.label_en : step.label}</StateMark>
              <span className="wrap">{english ? step.why_en : step.why}</span>
              {step.article !== '' && <ArticleChip article={step.article} />}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

export function Facts(props: { facts: readonly Fact[] }) {
  const shown = props.facts.filter((fact) => fact.value !== null && fact.value !== undefined && fact.value !== '')
  return (
    <Descriptions
      size="small"
      bordered
      column={{ xs: 1, md: 2 }}
      items={shown.map((fact) => ({ key: fact.key, label: fact.label, children: fact.value }))}
    />
  )
}

/** Kept files, each with its kind, size and hash; `kindWord` names a kind. */
export function Papers(props: { papers: readonly AttachmentOut[]; kindWord?: (kind: string) => string; empty?: ReactNode }) {
  const { t } = useTranslation()
  const word = props.kindWord ?? ((kind: string) => t(`paper.${kind}`, { defaultValue: kind }))
  if (props.papers.length === 0) return <>{props.empty ?? <p className="secondary">{t('entity.noPapers')}</p>}</>
  return (
    <ul className="plain">
      {props.papers.map((paper) => (
        <li key={paper.id}>
          <a className="wrap" href={getReadAttachmentUrl(paper.id)} target="_blank" rel="noreferrer">{paper.name}</a>
          <span className="spring" />
          <span>{word(paper.kind)}</span>
          <span className="secondary">{bytes(paper.size_bytes)} · {paper.by} · {stamp(paper.at_ms)}</span>
          <span className="secondary mono" title={paper.sha256}>SHA-256 {paper.sha256.slice(0, 12)}…</span>
        </li>
      ))}
    </ul>
  )
}

export function History(props: { lines: readonly Past[] }) {
  const { t } = useTranslation()
  if (props.lines.length === 0) return <Nothing text={t('entity.noHistory')} />
  return (
    <Timeline
      items={props.lines.map((line) => ({
        content: (
          <>
            {t(`ledgerKind.${line.what.replaceAll('.', '_')}`, { defaultValue: line.what })} · {line.person}
            <div className="secondary">{stamp(line.at_ms)} · {t('entity.entry', { index: line.index })}</div>
            {line.comment !== undefined && line.comment !== '' && <div className="wrap">{line.comment}</div>}
          </>
        ),
      }))}
    />
  )
}

interface Props {
  title: string
  purpose?: string
  /** The thing's state; its clock stands beside it. */
  mark?: ReactNode
  clock?: ReactNode
  steps: readonly EntityStep[]
  onStep: (step: string) => void
  facts: readonly Fact[]
  factsMatter?: Matter
  papers?: ReactNode
  history?: readonly Past[]
  /** Further panels, between facts and papers. */
  children?: ReactNode
  asOf_ms: number
}

export function EntityPage(props: Props) {
  const { t } = useTranslation()
  const marks = (props.mark !== undefined || props.clock !== undefined) && <div className="row">{props.mark}{props.clock}</div>
  return (
    <div className="page">
      <PageHead title={props.title} {...(props.purpose === undefined ? {} : { purpose: props.purpose })} act={marks} />
      <section className="panel">
        <h2>{t('entity.steps')}</h2>
        <Steps steps={props.steps} onStep={props.onStep} />
      </section>
      <section className="panel">
        <div className="panel-head"><h2>{t('entity.facts')}</h2>{props.factsMatter !== undefined && <ArticleChip matter={props.factsMatter} />}</div>
        <Facts facts={props.facts} />
      </section>
      {props.children}
      <div className="grid-2 spaced">
        {props.papers !== undefined && (
          <section className="panel">
            <h2>{t('entity.papers')}</h2>
            {props.papers}
          </section>
        )}
        {props.history !== undefined && (
          <section className="panel">
            <h2>{t('entity.history')}</h2>
            <History lines={props.history} />
          </section>
        )}
      </div>
      <p className="status-line">{t('common.asOf', { time: stamp(props.asOf_ms), zone: zone() })}</p>
    </div>
  )
}
