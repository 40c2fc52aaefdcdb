/** How much was seen: a bar for each day, shares by organ and by kind. Asking is an entry of the ledger. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

import { summariseRegister, type SummaryOut } from '../api/generated'
import { askedOfRegister, type Asked } from '../api/queries'
import { Answered, Nothing } from '../frame/parts'
import { stamp } from '../frame/time'
import { days, perDay, shares } from './counts'

const HEIGHT = 100

function Bars(props: { summary: SummaryOut }) {
  const { t } = useTranslation()
  const { summary } = props
  const counted = perDay(summary.counts)
  const all = days(summary.counts)
  const most = Math.max(1, ...counted.values())
  const told = [...counted].map(([day, n]) => t('audit.barDay', { day, n }))
  return (
    <figure className="spaced" style={{ margin: 0 }}>
      <svg className="audit-bars" viewBox={`0 0 ${all.length * 10} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${t('audit.byDay')}: ${told.join('; ')}`}>
        {all.map((day, at) => {
          const height = ((counted.get(day) ?? 0) / most) * (HEIGHT - 4)
          return <rect key={day} x={at * 10 + 1} y={HEIGHT - 1 - height} width="8" height={height}><title>{t('audit.barDay', { day, n: counted.get(day) ?? 0 })}</title></rect>
        })}
        <line className="base" x1="0" y1={HEIGHT - 0.5} x2={all.length * 10} y2={HEIGHT - 0.5} vectorEffect="non-scaling-stroke" />
      </svg>
      <div className="audit-axis"><span>{all[0]}</span>{all.length > 1 && <span>{all.at(-1)}</span>}</div>
      <details>
        <summary>{t('audit.table')}</summary>
        <ul>{told.map((line) => <li key={line}>{line}</li>)}</ul>
      </details>
    </figure>
  )
}

function Shares(props: { title: string; of: readonly { name: string; n: number }[] }) {
  const most = Math.max(1, ...props.of.map((one) => one.n))
  return (
    <div>
      <h3>{props.title}</h3>
      <dl className="audit-share">
        {props.of.map((one) => [
          <dt key={`${one.name} name`}>{one.name}</dt>,
          <dd key={`${one.name} bar`} className="bar" aria-hidden><i style={{ width: `${(one.n / most) * 100}%` }} /></dd>,
          <dd key={`${one.name} n`}>{one.n}</dd>,
        ])}
      </dl>
    </div>
  )
}

export function Summary(props: { search: Asked }) {
  const { t } = useTranslation()
  const asked = askedOfRegister(props.search)
  // each time it is asked it is entered: never again by itself
  const answer = useQuery({ queryKey: ['audit', 'summary', asked], queryFn: () => summariseRegister(asked), staleTime: Infinity, refetchOnWindowFocus: false, retry: false })
  return (
    <section className="panel" aria-label={t('audit.summary')}>
      <Answered answer={answer} rows={4}>
        {(summary) => {
          const organs = new Map(summary.organs.map((one) => [one.id, one.name]))
          const total = summary.counts.reduce((sum, one) => sum + one.entries, 0)
          return (
            <>
              <div className="panel-head">
                <h2>{t('audit.summary')} {t('audit.total', { n: total })}</h2>
                <span className="secondary">{t('audit.period', { from: stamp(summary.from_ms), to: stamp(summary.to_ms) })}</span>
              </div>
              {total === 0 ? <Nothing text={t('register.empty')} /> : (
                <>
                  <Bars summary={summary} />
                  <div className="grid-2">
                    <Shares title={t('audit.byOrgan')} of={shares(summary.counts, (one) => one.organ).map(([organ, n]) => ({ name: organ === '' ? t('audit.ownPeople') : (organs.get(organ) ?? organ), n }))} />
                    <Shares title={t('audit.byKind')} of={shares(summary.counts, (one) => one.kind).map(([kind, n]) => ({ name: t(`registerKind.${kind}`, { defaultValue: kind }), n }))} />
                  </div>
                </>
              )}
              <p className="status-line">{t('audit.entered', { entry: summary.entry })}</p>
            </>
          )
        }}
      </Answered>
    </section>
  )
}
