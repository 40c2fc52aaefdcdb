/** One answer: may or may not, and every ground with its article; what is missing says who could give it. */
import { useTranslation } from 'react-i18next'

import type { ExplanationOut, LineOut, Verdict } from '../api/generated'
import { ArticleChip, StateMark, type Standing } from '../frame/parts'
import { stamp } from '../frame/time'

export const MARK: Record<Verdict, Standing> = { yes: 'met', if: 'soon', no: 'overdue' }
const STANDING: Record<LineOut['standing'], Standing> = { met: 'met', needed: 'soon', missing: 'overdue' }

export function Lines(props: { lines: readonly LineOut[] }) {
  const { t, i18n } = useTranslation()
  const english = i18n.language === 'en-US'
  return (
    <div>
      {props.lines.map((line, at) => (
        <div key={at} className="rights-line">
          <StateMark standing={STANDING[line.standing]}>{t(`rights.standing.${line.standing}`)}</StateMark>
          <div>
            <div className="wrap"><span className="secondary">{t(`rights.line.${line.about}`, { defaultValue: line.about })}</span> {english ? line.text_en : line.text} {line.article !== '' && <ArticleChip article={line.article} />}</div>
            {line.standing !== 'met' && line.remedy !== '' && <div className="secondary wrap">{english ? line.remedy_en : line.remedy}</div>}
          </div>
        </div>
      ))}
    </div>
  )
}

export function Explained(props: { answer: ExplanationOut }) {
  const { t } = useTranslation()
  const { answer } = props
  const act = t(`rightAct.${answer.act.replaceAll('.', '_')}`, { defaultValue: answer.act })
  return (
    <section className="panel" role="status" aria-label={t('rights.why')}>
      <p className="rights-verdict wrap"><StateMark standing={MARK[answer.verdict]}>{t(`rights.verdict.${answer.verdict}`)}</StateMark> {t('rights.sentence', { person: answer.person, act, object: answer.object })}</p>
      <Lines lines={[...answer.lines].sort((one, other) => ORDER[one.standing] - ORDER[other.standing])} />
      <p className="status-line">{t('rights.at', { time: stamp(answer.at_ms) })}</p>
    </section>
  )
}

/** What is missing is what one asked for. */
const ORDER: Record<LineOut['standing'], number> = { missing: 0, needed: 1, met: 2 }
