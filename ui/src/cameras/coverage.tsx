/** What of thirty days is kept and what is missing: a map by the hour with its table, and every gap to the second. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import type { GapsOut, TimelineDayOut } from '../api/generated'
import { gapsQuery, timelineQuery } from '../api/queries'
import { Listing } from '../frame/listing'
import { Answered, Nothing, StateMark } from '../frame/parts'
import { dateOf, span, stamp } from '../frame/time'
import { byHour, fill, kindOf, type Hour, type HourDay, type HourKind } from './hours'

const DAY = 86_400_000
const DAYS = 30
const MINUTE = 60_000 // nothing is drawn from it: the hours are counted to the second
const GAPS_A_PAGE = 10
const AXIS = [0, 6, 12, 18]
const LEGEND: [HourKind, string][] = [['full', 'heatFull'], ['part', 'heatPart'], ['none', 'heatNone'], ['idle', 'heatIdle']]

const shareStyle = (percent: number): React.CSSProperties => ({ '--share': `${percent}%` }) as React.CSSProperties

function Square(props: { hour: Hour; title: string }) {
  const kind = kindOf(props.hour)
  return <i className={`heat-${kind}`} title={props.title} {...(kind === 'part' ? { style: shareStyle(fill(props.hour)) } : {})} />
}

function Rows(props: { days: HourDay[] }) {
  const { t } = useTranslation()
  const words = ({ due_s, missing_s }: Hour): string =>
    due_s === 0 ? t('cameras.heatIdle') : missing_s === 0 ? t('cameras.heatFull') : t('cameras.missingOf', { missing: span(missing_s), due: span(due_s) })
  return (
    <>
      <div className="heat-row heat-axis secondary" aria-hidden>
        <span />
        {Array.from({ length: 24 }, (_, hour) => <i key={hour}>{AXIS.includes(hour) ? `${hour}:00` : ''}</i>)}
      </div>
      {props.days.map((day) => {
        const date = dateOf(day.midnight_ms).slice(5)
        return (
          <div className="heat-row" key={day.midnight_ms}>
            <span className="secondary">{date}</span>
            {day.hours.map((hour, index) => <Square key={index} hour={hour} title={`${date} ${index}:00 ${words(hour)}`} />)}
          </div>
        )
      })}
    </>
  )
}

function HeatMap(props: { days: TimelineDayOut[]; from_ms: number }) {
  const { t } = useTranslation()
  const days = useMemo(() => byHour(props.days, props.from_ms, DAYS), [props.days, props.from_ms])
  const due = days.filter((day) => day.due_s > 0)
  const missing = days.reduce((sum, day) => sum + day.missing_s, 0)
  return (
    <div className="heat">
      <div role="img" aria-label={`${t('cameras.heat')} ${missing === 0 ? t('cameras.noGaps') : t('cameras.missing', { time: span(missing) })}`}>
        <Rows days={days} />
      </div>
      <ul className="heat-legend secondary">
        {LEGEND.map(([kind, word]) => (
          <li key={kind}><i className={`heat-${kind}`} style={shareStyle(60)} aria-hidden /> {t(`cameras.${word}`)}</li>
        ))}
      </ul>
      {due.length > 0 && (
        <details>
          <summary>{t('cameras.heatTable')}</summary>
          <Listing
            rows={due}
            rowKey={(day) => day.midnight_ms}
            dense
            columns={[
              { key: 'day', title: t('cameras.day'), card: 'head', render: (day) => dateOf(day.midnight_ms) },
              { key: 'share', title: t('cameras.share'), card: 'mark', render: (day) => <StateMark standing={day.missing_s === 0 ? 'met' : 'overdue'}>{`${((1 - day.missing_s / day.due_s) * 100).toFixed(2)}%`}</StateMark> },
              { key: 'due', title: t('cameras.due'), align: 'right', render: (day) => span(day.due_s) },
              { key: 'missing', title: t('cameras.missed'), align: 'right', render: (day) => span(day.missing_s) },
              { key: 'hours', title: t('cameras.missedHours'), render: (day) => day.hours.flatMap((hour, at) => (hour.missing_s > 0 ? [`${at}:00`] : [])).join(' ') },
            ]}
          />
        </details>
      )}
    </div>
  )
}

/** The catalogue is being made anew from the volumes: what is not in it yet is not missing. */
function Incomplete() {
  const { t } = useTranslation()
  return <p><StateMark standing="unknown">{t('playback.incomplete')}</StateMark></p>
}

function GapTable(props: { report: GapsOut }) {
  const { t } = useTranslation()
  const { gaps, count, missing_s, incomplete } = props.report
  return (
    <>
      {incomplete && <Incomplete />}
      {missing_s > 0 && (
        <p>
          <StateMark standing="overdue">{t('cameras.gapSum', { n: count, time: span(missing_s) })}</StateMark>
          {count > gaps.length && <span className="secondary"> {t('cameras.gapsCut', { n: gaps.length })}</span>}
        </p>
      )}
      {gaps.length === 0 ? (
        missing_s === 0 && <Nothing text={t('cameras.noGaps')} />
      ) : (
        <Listing
          rows={gaps}
          rowKey={(gap) => gap.start_ms}
          dense
          page={GAPS_A_PAGE}
          columns={[
            { key: 'from', title: t('playback.from'), card: 'head', className: 'nowrap', render: (gap) => stamp(gap.start_ms) },
            { key: 'length', title: t('cameras.length'), card: 'mark', align: 'right', className: 'nowrap', render: (gap) => span((gap.end_ms - gap.start_ms) / 1000) },
            { key: 'to', title: t('playback.to'), className: 'nowrap', render: (gap) => stamp(gap.end_ms) },
            { key: 'cause', title: t('cameras.cause'), render: (gap) => t(`cause.${gap.cause}`, { defaultValue: gap.cause }) },
          ]}
        />
      )}
    </>
  )
}

export function Coverage(props: { camera: string; now_ms: number }) {
  const midnight = useMemo(() => new Date(props.now_ms).setHours(0, 0, 0, 0), [props.now_ms])
  const from_ms = midnight - (DAYS - 1) * DAY
  const days = useQuery(timelineQuery(props.camera, from_ms, midnight + DAY, MINUTE))
  return (
    <Answered answer={days}>
      {(data) => <>{data.incomplete && <Incomplete />}<HeatMap days={data.days} from_ms={from_ms} /></>}
    </Answered>
  )
}

export function Gaps(props: { camera: string }) {
  const gaps = useQuery(gapsQuery(props.camera))
  return <Answered answer={gaps}>{(report) => <GapTable report={report} />}</Answered>
}
