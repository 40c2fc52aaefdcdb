/** Findings for a reader: a card of what is wrong, a table of everything, a few lines of what one page is about. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Progress } from 'antd'
import { useTranslation } from 'react-i18next'

import type { FindingOut, Part } from '../api/generated'
import { healthQuery } from '../api/queries'
import { serverNow } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, ArticleChip, StateMark } from '../frame/parts'
import { span, stamp } from '../frame/time'
import { COUNTED, figures, gravestFirst, MARK, MATTER, troubles, used } from './findings'

const keyOf = (finding: FindingOut): string => `${finding.part} ${finding.name}`

function Name(props: { finding: FindingOut }) {
  const { t } = useTranslation()
  const { part, name } = props.finding
  return <>{t(`health.part.${part}`)}{name !== '' && <span className="secondary wrap"> {name}</span>}</>
}

/** The word of a finding, with its numbers. */
function Said(props: { finding: FindingOut }) {
  const { t } = useTranslation()
  return <>{t(`health.say.${props.finding.word}`, figures(props.finding))}</>
}

/** Why and what to do: the failure's own words where there are some, else those of the word. */
function Remedy(props: { finding: FindingOut }) {
  const { t, i18n } = useTranslation()
  const { finding } = props
  const { problem, word, standing } = finding
  const english = i18n.language === 'en-US'
  if (standing === 'met') return null
  const why = (english ? problem?.text_en : problem?.text) ?? ''
  const own = (english ? problem?.remedy_en : problem?.remedy) ?? ''
  return (
    <>
      {problem !== null && <div className="wrap">{why} <span className="secondary">{t('error.code', { code: problem.code })}</span></div>}
      <div className="wrap">{own !== '' ? own : t(`health.do.${word}`, { defaultValue: '' })}</div>
    </>
  )
}

function Since(props: { finding: FindingOut }) {
  const { t } = useTranslation()
  const { since_ms, standing } = props.finding
  if (since_ms === null) return null
  if (standing === 'met') return <>{stamp(since_ms)}</>
  return <><span className="nowrap">{t('health.since', { time: stamp(since_ms) })}</span> <span className="nowrap">{t('health.lasting', { length: span((serverNow() - since_ms) / 1000) })}</span></>
}

/** `plain` where the reader knows which part is meant. */
function Line(props: { finding: FindingOut; plain?: boolean }) {
  const { finding } = props
  const matter = MATTER[finding.part]
  return (
    <li className="finding">
      <div>
        {props.plain === true ? (
          <StateMark standing={MARK[finding.standing]}><Said finding={finding} /></StateMark>
        ) : (
          <><StateMark standing={MARK[finding.standing]}><Name finding={finding} /></StateMark> <Said finding={finding} /></>
        )}
        {matter !== undefined && finding.standing !== 'met' && <> <ArticleChip matter={matter} /></>}
      </div>
      {finding.standing !== 'met' && (
        <div className="secondary">
          <Since finding={finding} />
          <Remedy finding={finding} />
        </div>
      )}
    </li>
  )
}

/** What needs a person, on the workbench. */
export function HealthCard() {
  const { t } = useTranslation()
  const answer = useQuery(healthQuery)
  return (
    <section className="panel" aria-label={t('health.title')}>
      <div className="panel-head"><h2>{t('health.title')}</h2><Link to="/storage">{t('health.details')}</Link></div>
      <Answered answer={answer} rows={3}>
        {({ findings }) => {
          const wrong = troubles(findings)
          const unheard = findings.filter(({ standing }) => standing === 'not-measured')
          return (
            <ul className="plain">
              {wrong.length === 0 && <li className="finding"><StateMark standing="met">{t(unheard.length === 0 ? 'health.allMet' : 'health.restMet')}</StateMark></li>}
              {wrong.map((finding) => <Line key={keyOf(finding)} finding={finding} />)}
              {unheard.length > 0 && (
                <li className="finding">
                  <StateMark standing="unknown">{t('common.unknown')}</StateMark>{' '}
                  <span className="secondary">{[...new Set(unheard.map(({ part }) => t(`health.part.${part}`)))].join(t('health.and'))}</span>
                </li>
              )}
            </ul>
          )
        }}
      </Answered>
    </section>
  )
}

/** How the parts that a page is about stand, each in a line. */
export function HealthLines(props: { parts: readonly Part[] }) {
  const answer = useQuery(healthQuery)
  return (
    <Answered answer={answer} rows={3}>
      {({ findings }) => (
        <ul className="plain">
          {findings.filter(({ part }) => props.parts.includes(part)).map((finding) => <Line key={keyOf(finding)} finding={finding} plain={props.parts.length === 1} />)}
        </ul>
      )}
    </Answered>
  )
}

function Use(props: { finding: FindingOut }) {
  const { t } = useTranslation()
  const { finding } = props
  const percent = used(finding)
  return (
    <>
      {percent !== null && <Progress percent={percent} size="small" status="normal" showInfo={false} aria-label={`${t(`health.part.${finding.part}`)} ${percent}%`} />}
      <span className="secondary">{t(`health.figures.${finding.part}`, figures(finding))}</span>
    </>
  )
}

/** Every part with its figures. */
export function HealthTable() {
  const { t } = useTranslation()
  const answer = useQuery(healthQuery)
  return (
    <Answered answer={answer}>
      {({ findings }) => (
        <Listing
          rows={gravestFirst(findings)}
          rowKey={keyOf}
          dense
          columns={[
            { key: 'part', title: t('health.what'), card: 'head', width: 200, render: (finding) => <Name finding={finding} /> },
            { key: 'standing', title: t('common.state'), card: 'mark', width: 120, render: (finding) => <StateMark standing={MARK[finding.standing]}>{t(`health.standing.${finding.standing}`)}</StateMark> },
            { key: 'since', title: t('health.sinceOrLast'), width: 200, render: (finding) => finding.since_ms !== null && <Since finding={finding} /> },
            { key: 'figures', title: t('health.figure'), width: 260, card: 'wide', render: (finding) => COUNTED.has(finding.part) && Object.keys(finding.figures).length > 0 && <Use finding={finding} /> },
            {
              key: 'do', title: t('health.toDo'), card: 'wide',
              render: (finding) => finding.standing !== 'met' && <>{finding.word !== 'not-measured' && <div><Said finding={finding} /></div>}<div className="secondary"><Remedy finding={finding} /></div></>,
            },
          ]}
        />
      )}
    </Answered>
  )
}
