/** The clocks and findings of a thing: how each stands, since when, until when, by which article. */
import { useTranslation } from 'react-i18next'

import type { LegalFindingOut, ObligationOut } from '../api/generated'
import { ClockMark, type DutyStanding } from '../frame/entity'
import { ArticleChip, StateMark } from '../frame/parts'
import { stamp } from '../frame/time'

export function Clock(props: { clock: ObligationOut }) {
  const { clock } = props
  return <ClockMark standing={clock.standing as DutyStanding} days={clock.days_left} />
}

export function Clocks(props: { clocks: readonly ObligationOut[] }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  if (props.clocks.length === 0) return <p className="secondary">{t('systems.noClocks')}</p>
  return (
    <ul className="plain">
      {props.clocks.map((clock) => (
        <li key={clock.id}>
          <span>{english ? clock.name_en : clock.name}</span>
          <ArticleChip article={clock.article} instrument={clock.instrument} />
          <span className="spring" />
          <span className="secondary">
            {t('systems.since', { day: clock.trigger_on })} · {clock.due_on === null ? t('systems.noDay') : t('systems.till', { day: clock.due_on })}
            {clock.met_on !== null && ` · ${t('systems.met', { day: clock.met_on })}`}
            {!clock.calendar_known && ` · ${t('systems.unannounced')}`}
          </span>
          <Clock clock={clock} />
        </li>
      ))}
    </ul>
  )
}

export function Findings(props: { findings: readonly LegalFindingOut[] }) {
  const { t, i18n } = useTranslation()
  return (
    <ul className="plain">
      {props.findings.map((finding) => (
        <li key={finding.id}>
          <StateMark standing={finding.state === 'open' ? 'overdue' : 'met'}>
            {i18n.language === 'en-US' ? finding.text_en : finding.text}
            {finding.state !== 'open' && ` · ${t('systems.settled')}`}
          </StateMark>
          <ArticleChip article={finding.article} instrument={finding.instrument} />
          <span className="spring" />
          <span className="secondary">{stamp(finding.found_ms)}</span>
        </li>
      ))}
    </ul>
  )
}
