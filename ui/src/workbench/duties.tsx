/** The clocks of the workbench: three lists, what is overdue first, and for an organ who is late around it. */
import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

import type { AreaOut, WorkbenchOut } from '../api/generated'
import { workbenchQuery } from '../api/queries'
import { Answered, ArticleChip, StateMark } from '../frame/parts'
import { Clocks, Past } from './clocks'

type Tab = 'todo' | 'done' | 'started'
const TABS: readonly Tab[] = ['todo', 'done', 'started']

function Figures(props: { bench: WorkbenchOut }) {
  const { t } = useTranslation()
  const { bench } = props
  if (bench.open === 0) return null
  return (
    <div className="figures spaced">
      <div className={`figure ${bench.overdue > 0 ? 'state-overdue' : ''}`}><b>{bench.overdue}</b><span>{t('bench.overdue')}</span></div>
      <div className={`figure ${bench.soon > 0 ? 'state-soon' : ''}`}><b>{bench.soon}</b><span>{t('bench.soon', { n: bench.soon_days })}</span></div>
      <div className="figure"><b>{bench.open}</b><span>{t('bench.open')}</span></div>
    </div>
  )
}

function Around(props: { area: AreaOut }) {
  const { t } = useTranslation()
  const { area } = props
  return (
    <section className="panel">
      <div className="panel-head"><h2>{t('bench.around')}</h2><ArticleChip matter="supervision" /></div>
      {area.duties === 0 ? (
        <StateMark standing="met">{t('bench.nobodyLate')}</StateMark>
      ) : (
        <>
          <StateMark standing="overdue">{t('bench.late', { units: area.units, duties: area.duties })}</StateMark>
          <ul className="plain">
            {area.first.map((debtor) => (
              <li key={debtor.unit}>
                <span className="wrap">{debtor.name}</span>
                <span className="spring" />
                <span>{t('bench.duties', { n: debtor.duties })}</span>
                <span className="secondary">{t('bench.since', { day: debtor.earliest })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

export function Duties() {
  const { t } = useTranslation()
  const [tab, setTab] = useState<Tab>('todo')
  const answer = useQuery(workbenchQuery)
  return (
    <Answered answer={answer}>
      {(bench) => (
        <>
          <section className="panel">
            <div className="row spaced">
              <Segmented<Tab> value={tab} onChange={setTab} options={TABS.map((value) => ({ value, label: `${t(`bench.${value}`)} ${bench[value].length}` }))} aria-label={t('bench.lists')} />
              <span className="spring" />
              <span className="secondary">{t('bench.asOf', { day: bench.day })}</span>
            </div>
            {tab === 'todo' && <Figures bench={bench} />}
            {tab === 'todo' && <Clocks items={bench.todo} empty={t('bench.nothingTodo')} />}
            {tab !== 'todo' && <Past items={bench[tab]} empty={t(tab === 'done' ? 'bench.nothingDone' : 'bench.nothingStarted')} />}
          </section>
          {bench.area !== null && <Around area={bench.area} />}
        </>
      )}
    </Answered>
  )
}
