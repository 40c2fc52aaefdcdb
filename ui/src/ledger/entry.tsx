/** One register entry: who, why, whither; which stretches of each camera were seen, drawn on a line; how it ended. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

import { getReadRegisterEntryQueryOptions, type EntryOut, type SeenOut } from '../api/generated'
import { useSession } from '../frame/context'
import { Facts } from '../frame/entity'
import { Answered, ArticleChip, PageHead, StateMark } from '../frame/parts'
import { serves } from '../frame/roles'
import { span, stamp, zone } from '../frame/time'

/** From when to when the line runs: the footage that was opened, else what was seen, else the viewing itself. */
export function reach(entry: EntryOut): [number, number] {
  if (entry.kind !== 'live' && entry.footage !== null) return [entry.footage[0] ?? 0, entry.footage[1] ?? 0]
  const seen = entry.cameras.flatMap((camera) => camera.segments)
  return [entry.at_ms, Math.max(entry.closed_ms ?? entry.at_ms, ...seen.map((one) => one[1] ?? 0), entry.at_ms + 1000)]
}

function Line(props: { camera: SeenOut; from: number; to: number }) {
  const { t } = useTranslation()
  const { camera, from, to } = props
  const at = (ms: number): number => (Math.min(Math.max(ms, from), to) - from) / Math.max(1, to - from) * 1000
  const told = camera.segments.map(([start, end]) => `${stamp(start)} – ${stamp(end)}`).join('；')
  return (
    <div className="seen-line">
      <div className="row"><strong>{camera.name}</strong><span className="spring" />{span(camera.seconds)}</div>
      <svg viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label={told === '' ? t('entry.nothingSeen') : told}>
        <rect className="seen-all" x="0" y="6" width="1000" height="8" />
        {camera.segments.map(([start, end]) => (
          <rect key={start} className="seen-part" x={at(start)} y="2" width={Math.max(3, at(end) - at(start))} height="16"><title>{`${stamp(start)} – ${stamp(end)}`}</title></rect>
        ))}
      </svg>
      <details>
        <summary>{t('entry.segments', { n: camera.segments.length })}</summary>
        <ul>{camera.segments.map(([start, end]) => <li key={start}>{stamp(start)} – {stamp(end)}（{span((end - start) / 1000)}）</li>)}</ul>
      </details>
    </div>
  )
}

/** All that is known of an entry, without its head: also in the auditor's drawer. */
export function EntryView(props: { entry: EntryOut }) {
  const { t } = useTranslation()
  const session = useSession()
  const { entry } = props
  const [from, to] = reach(entry)
  const privately = entry.kind === 'private' ? <Link to="/private/$id" params={{ id: entry.request }}>{t('private.one')}</Link> : null
  const request = entry.request === '' || privately !== null ? privately : serves(session, 'requests') ? <Link to="/requests/$id" params={{ id: entry.request }}>{entry.number}</Link> : entry.number
  return (
    <>
      <p>
        {entry.closing === null
          ? <StateMark standing="active">{t('register.open')}</StateMark>
          : <StateMark standing={entry.closing === 'failed' ? 'overdue' : 'met'}>{t(`uses.closing.${entry.closing}`)}</StateMark>}
        {entry.outside && <> <StateMark standing="soon">{t('entry.outside')}</StateMark></>}
      </p>
      <div className="spaced"><Facts
        facts={[
          { key: 'person', label: t('common.person'), value: `${entry.person}（${entry.unit}）` },
          { key: 'at', label: t('entry.opened'), value: stamp(entry.at_ms) },
          { key: 'purpose', label: t('access.use'), value: entry.purpose },
          { key: 'destination', label: t('access.destination'), value: entry.destination },
          { key: 'request', label: t('uses.number'), value: request },
          { key: 'footage', label: t('register.footage'), value: entry.footage === null ? '' : `${stamp(entry.footage[0] ?? 0)} – ${stamp(entry.footage[1] ?? 0)}` },
          { key: 'closed', label: t('entry.closed'), value: entry.closed_ms === null ? '' : stamp(entry.closed_ms) },
          { key: 'closing', label: t('entry.closingIndex'), value: entry.closing_index },
          { key: 'seconds', label: t('register.seen'), value: span(entry.seconds) },
        ]}
      /></div>
      <section className="panel spaced">
        <h2>{t('entry.line')}</h2>
        <div className="row secondary"><span>{stamp(from)}</span><span className="spring" /><span>{stamp(to)}</span></div>
        {entry.cameras.map((camera) => <Line key={camera.camera} camera={camera} from={from} to={to} />)}
      </section>
      {entry.troubles.length > 0 && (
        <section className="panel spaced">
          <h2>{t('uses.trouble')}</h2>
          {entry.troubles.map((told) => <p key={told.entry}>{stamp(told.at_ms)} {told.person}：{told.text}</p>)}
        </section>
      )}
      <p className="status-line">{t('entry.fixed')} {zone()}</p>
    </>
  )
}

function Page(props: { entry: EntryOut }) {
  const { t } = useTranslation()
  const { entry } = props
  return (
    <div className="page">
      <PageHead title={t('entry.title', { entry: entry.index })} purpose={t(`registerKind.${entry.kind}`, { defaultValue: entry.kind })} act={<ArticleChip matter="register" />} />
      <EntryView entry={entry} />
    </div>
  )
}

export function EntryPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  const answer = useQuery(getReadRegisterEntryQueryOptions(Number(id)))
  return <Answered answer={answer}>{(entry) => <Page entry={entry} />}</Answered>
}
