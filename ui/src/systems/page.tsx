/** One system: its life, its clocks, what was filed, seen, changed and removed. */
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getPrintRemovalUrl, getReadSystemQueryOptions, type SystemOut } from '../api/generated'
import { useSession } from '../frame/context'
import { EntityPage, Facts, Papers } from '../frame/entity'
import { Answered, ArticleChip } from '../frame/parts'
import { Upload } from '../frame/upload'
import { PlanningSections } from '../planning/sections'
import { has } from '../frame/roles'
import { FilingMark, Lacking } from '../filings/state'
import { Clock, Clocks, Findings } from './clocks'
import { LifeMark } from './list'
import { asks, StepDialog } from './steps'

/** Steps that have their own section on the page. */
const ELSEWHERE = new Set(['accept', 'fail', 'use'])

export function SystemPage() {
  const { id = '' } = useParams({ strict: false })
  const answer = useQuery(getReadSystemQueryOptions(id))
  return <Answered answer={answer}>{(system) => <Shown system={system} asOf={answer.dataUpdatedAt} refetch={() => void answer.refetch()} />}</Answered>
}

function Shown(props: { system: SystemOut; asOf: number; refetch: () => void }) {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const session = useSession()
  const [step, setStep] = useState<string | null>(null)
  const { system } = props
  const own = session.unit.id === system.unit
  const running = system.obligations.find((clock) => clock.met_on === null && clock.dropped === '')
  const begin = (asked: string): void => {
    if (ELSEWHERE.has(asked)) document.getElementById('acceptance')?.scrollIntoView()
    else if (asked === 'file') void navigate({ to: '/filings/new', search: { system: system.id } })
    else if (asks(asked)) setStep(asked)
  }
  const steps = system.steps.filter((one) => !(one.step === 'file' && one.may && system.state === 'filed'))
  return (
    <EntityPage
      title={system.name}
      purpose={system.unit_name}
      mark={<LifeMark state={system.state} />}
      clock={running !== undefined && <Clock clock={running} />}
      steps={steps}
      onStep={begin}
      facts={[
        { key: 'place', label: t('systems.place'), value: system.place_name },
        { key: 'address', label: t('systems.address'), value: system.address },
        { key: 'builder', label: t('systems.builder'), value: t(system.builder === 'government' ? 'systems.governmentBuilds' : 'systems.unitBuilds') },
        { key: 'reason', label: t('systems.reason'), value: system.reason === '' ? '' : <ArticleChip matter={system.builder === 'government' ? 'by_government' : 'builder'} /> },
        { key: 'purpose', label: t('change.purpose'), value: system.purpose },
        { key: 'used', label: t('systems.used'), value: system.dates['deliver'] ?? system.dates['use'] },
        { key: 'filed', label: t('systems.filed'), value: system.dates['file'] },
        { key: 'existing', label: t('systems.existing'), value: system.existing ? t('common.yes') : '' },
        { key: 'parties', label: t('systems.parties'), value: system.parties.map((party) => `${t(`partyRole.${party.role}`)} ${party.name}`).join(' · ') },
      ]}
      papers={
        <>
          <Papers papers={system.papers} />
          {own && has(session, 'unit_manager', 'planner') && <Upload subject_kind="system" subject={system.id} kind="other" multiple onDone={props.refetch} />}
        </>
      }
      history={system.history.map((line) => ({ index: line.index, at_ms: line.at_ms, what: line.kind, person: line.actor }))}
      asOf_ms={props.asOf}
    >
      <PlanningSections system={system.id} own={own} government={system.builder === 'government'} onChanged={async () => props.refetch()} />
      <section className="panel">
        <h2>{t('systems.clocks')}</h2>
        <Clocks clocks={system.obligations} />
      </section>
      {system.findings.length > 0 && (
        <section className="panel">
          <h2>{t('systems.findings')}</h2>
          <Findings findings={system.findings} />
        </section>
      )}
      {system.filings.length > 0 && (
        <section className="panel">
          <h2>{t('systems.filings')}</h2>
          <ul className="plain">
            {system.filings.map((filing) => (
              <li key={filing.id}>
                <Link to="/filings/$id" params={{ id: filing.id }}>{filing.number || t(`filingState.${filing.state}`)}</Link>
                <span>{t(`filingKind.${filing.kind}`)}</span>
                <Lacking count={filing.lacking} />
                <span className="spring" />
                <span className="secondary">{filing.received_on}</span>
                <FilingMark state={filing.state} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {system.changes.length > 0 && (
        <section className="panel">
          <div className="panel-head"><h2>{t('systems.changes')}</h2><ArticleChip matter="change" /></div>
          <ul className="plain">
            {system.changes.map((change) => (
              <li key={change.id}>
                <span className="wrap">{change.changes.map((one) => `${t(`change.${one.matter}`)} ${one.before} → ${one.after}`).join('; ')}</span>
                <span className="spring" />
                <span className="secondary">{change.decided_by} · {change.decided_on}</span>
                {change.filing === '' && own && <Link to="/filings/new" search={{ system: system.id, change: change.id }}>{t('systems.fileChange')}</Link>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {system.removals.map((removal) => (
        <section key={removal.id} className="panel">
          <div className="panel-head"><h2>{t('systems.removals')} · {t(`removal.state.${removal.state}`)}</h2><span className="row"><a href={getPrintRemovalUrl(removal.id, { language: i18n.language === 'en-US' ? 'en' : 'zh' })} target="_blank" rel="noreferrer">{t('removal.print')}</a><ArticleChip matter="removal" /></span></div>
          <Facts
            facts={[
              { key: 'number', label: t('removal.number'), value: removal.number || (removal.noticed_on === null ? t('removal.unnoticed') : '') },
              { key: 'noticed', label: t('removal.noticed'), value: removal.noticed_on },
              { key: 'planned', label: t('removal.planned'), value: removal.planned_on === null ? '' : `${removal.planned_on}${removal.short ? ` · ${t('removal.marked')}` : ''}` },
              { key: 'earliest', label: t('removal.earliestDay'), value: removal.earliest_on },
              { key: 'ground', label: t('removal.ground'), value: removal.ground },
              { key: 'plan', label: t('removal.plan'), value: removal.data_plan },
              { key: 'down', label: t('removal.down'), value: removal.taken_down_on },
              { key: 'kept', label: t('removal.kept'), value: removal.kept_until },
              { key: 'result', label: t('removal.result'), value: removal.disposal === null ? '' : `${removal.disposal.on} · ${t(`removal.${removal.disposal.form}`)} · ${t(`removal.${removal.disposal.fate}`)} · ${removal.disposal.result}` },
            ]}
          />
        </section>
      ))}
      {step !== null && <StepDialog system={system} step={step} onClose={() => setStep(null)} />}
    </EntityPage>
  )
}
