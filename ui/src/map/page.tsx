/** The map with its list: one choice of what is shown serves both. */
import './map.css'

import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Drawer, Input, Select } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { getListRequiredPartsQueryOptions, getReadMapQueryOptions, type Covered, type Datum, type MapOut, type MarkState, type RequiredPartOut } from '../api/generated'
import { useSession } from '../frame/context'
import { Listing } from '../frame/listing'
import { Answered, Nothing, PageHead, Problem, StateMark } from '../frame/parts'
import { serves } from '../frame/roles'
import { stamp, zone } from '../frame/time'
import { MarkDetail, MarkState as Standing, useNames } from './mark'
import { datumsOf, isPlaced, marksOf, partsOf, standingOf, within, type Bounds, type Mark } from './marks'
import { AreaMap, type Show } from './surface'

const REFRESH_MS = 30_000 // states on a map are looked at, not waited for
const DRAWER_PX = 480
const STATES: readonly MarkState[] = ['recording', 'offline', 'starting', 'stopped', 'draft', 'on_record']
const COVERED: readonly Covered[] = ['covered', 'uncovered', 'unknown']
const NO_PARTS: readonly RequiredPartOut[] = []
type State = MarkState | Covered

export function MapPage() {
  const { t } = useTranslation()
  const session = useSession()
  const answer = useQuery(getReadMapQueryOptions({ refetchInterval: REFRESH_MS }))
  return (
    <div className="page">
      <PageHead title={t('map.title')} purpose={t('map.purpose')} />
      <Answered answer={answer}>{(found) => (found.places.id.length + found.cameras.id.length === 0 ? <Nothing text={t('map.empty')} /> : <Shown found={found} />)}</Answered>
      <p className="status-line">{t('common.asOf', { time: stamp(answer.dataUpdatedAt || session.server_ms), zone: zone() })}</p>
    </div>
  )
}

function Shown(props: { found: MapOut }) {
  const { t } = useTranslation()
  const { found } = props
  const session = useSession()
  const [required, setRequired] = useState(false)
  const answer = useQuery({ ...getListRequiredPartsQueryOptions(), enabled: required })
  const parts = (required && answer.data) || NO_PARTS
  const all = useMemo(() => [...marksOf(found), ...partsOf(parts)], [found, parts])
  const datums = useMemo(() => datumsOf(all), [all])
  const nameOf = useNames(all)
  const [word, setWord] = useState('')
  const [kind, setKind] = useState<Mark['kind'] | undefined>()
  const [state, setState] = useState<State | undefined>()
  const [chosen, setChosen] = useState<Datum | undefined>()
  const [box, setBox] = useState<Bounds | null>(null)
  const [boxing, setBoxing] = useState(false)
  const [spot, setSpot] = useState<readonly string[]>([])
  const [open, setOpen] = useState<string | null>(null)
  const [show, setShow] = useState<Show | null>(null)
  const [view, setView] = useState<(() => Bounds) | null>(null)
  const [failed, setFailed] = useState(false)

  const datum = chosen ?? datums[0]?.datum ?? 'cgcs2000'
  const fitting = useMemo(() => {
    const wanted = word.trim().toLowerCase()
    return all.filter(
      (mark) =>
        (kind === undefined || mark.kind === kind) && (state === undefined || mark.state === state) && (wanted === '' || `${mark.name} ${mark.detail}`.toLowerCase().includes(wanted)),
    )
  }, [all, word, kind, state])
  const basemap = found.basemap?.datum === datum ? found.basemap : null
  const drawn = useMemo(() => fitting.filter(isPlaced).filter((mark) => mark.datum === datum), [fitting, datum])
  const listed = fitting.filter((mark) => (spot.length === 0 || spot.includes(mark.key)) && (box === null || (mark.datum === datum && within(mark, box))))
  const opened = all.find((mark) => mark.key === open)
  const unplaced = all.filter((mark) => !isPlaced(mark)).length
  const others = datums.filter((one) => one.datum !== datum).reduce((sum, one) => sum + one.count, 0)
  const bounded = box !== null || spot.length > 0

  const pick = useCallback((keys: readonly string[]) => {
    setSpot(keys.length > 1 ? keys : [])
    if (keys.length === 1) setOpen(keys[0] ?? null)
  }, [])
  const boxed = useCallback((drawnBox: Bounds) => {
    setBox(drawnBox)
    setSpot([])
    setBoxing(false)
  }, [])
  const drew = useCallback((bounds: (() => Bounds) | null) => {
    setView(() => bounds)
    setFailed(bounds === null)
  }, [])
  const toggle = (): void => {
    setRequired(!required)
    setSpot([])
    if (kind === 'part') setKind(undefined)
    if (COVERED.some((one) => one === state)) setState(undefined)
  }
  const everywhere = (): void => {
    setBox(null)
    setSpot([])
  }
  return (
    <>
      {found.unsited > 0 && <Alert type="info" showIcon className="spaced" title={t('map.unsited', { count: found.unsited })} />}
      {required && answer.isError && <Problem problem={answer.error} retry={() => void answer.refetch()} />}
      {!found.whole && <Alert type="warning" showIcon className="spaced" title={t('map.cut')} />}
      {failed && <Alert type="warning" showIcon className="spaced" title={t('map.noMap')} />}
      {!failed && datums.length === 0 && <Alert type="info" showIcon className="spaced" title={t('map.noneDrawn')} />}
      <div className="row spaced filters map-filters" role="search" aria-label={t('filter.title')}>
        <Input.Search className="filter" allowClear aria-label={t('map.search')} placeholder={t('map.search')} onChange={(event) => setWord(event.target.value)} />
        <Select className="filter" allowClear aria-label={t('map.kind')} placeholder={t('map.kind')} value={kind ?? null} onChange={(value: Mark['kind'] | null | undefined) => setKind(value ?? undefined)}
          options={(required ? (['place', 'camera', 'part'] as const) : (['place', 'camera'] as const)).map((value) => ({ value, label: t(`map.${value}`) }))} />
        <Select className="filter" allowClear aria-label={t('map.state')} placeholder={t('map.state')} value={state ?? null} onChange={(value: State | null | undefined) => setState(value ?? undefined)}
          options={(required ? [...STATES, ...COVERED] : STATES).map((value) => ({ value, label: t(`markState.${value}`) }))} />
        {serves(session, 'plan') && <Button loading={required && answer.isLoading} type={required ? 'primary' : 'default'} aria-pressed={required} title={t('map.requiredHint')} onClick={toggle}>{t('map.required')}</Button>}
        {view !== null && <Button onClick={() => boxed(view())}>{t('map.inView')}</Button>}
        {view !== null && <Button type={boxing ? 'primary' : 'default'} aria-pressed={boxing} title={t('map.boxHint')} onClick={() => setBoxing(!boxing)}>{t('map.box')}</Button>}
        {bounded && <Button onClick={everywhere}>{t('map.all')}</Button>}
      </div>
      <div className="map-grid">
        {!failed && (
          <section className="map-side">
            <AreaMap marks={drawn} basemap={basemap} show={show} boxing={boxing} onPick={pick} onBox={boxed} onDrawn={drew} />
            <div className="map-under">
              <Select size="small" aria-label={t('map.datum')} value={datum} disabled={datums.length < 2} onChange={setChosen} options={(datums.length === 0 ? [{ datum }] : datums).map((one) => ({ value: one.datum, label: t(`datum.${one.datum}`) }))} />
              <Legend parts={required} />
            </div>
            <p className="secondary">
              {[basemap !== null && basemap.attribution, others > 0 && t('map.otherDatum', { count: others }), unplaced > 0 && t('map.unplaced', { count: unplaced })].filter(Boolean).join(' · ')}
            </p>
          </section>
        )}
        <section aria-label={t('map.list')} className="map-list">
          <p className="secondary" role="status">{spot.length > 0 ? t('map.here', { count: listed.length }) : t('map.count', { count: listed.length })}</p>
          {listed.length === 0 ? <Nothing text={t('map.nothing')} /> : (
            <Listing<Mark>
              dense
              page={20}
              rows={listed}
              rowKey={(mark) => mark.key}
              columns={[
                {
                  key: 'name', title: t('map.list'), card: 'head',
                  render: (mark) => (
                    <>
                      <Button type="link" className="inline-link" onClick={() => setOpen(mark.key)}>{nameOf(mark)}</Button>
                      <div className="secondary wrap">{[mark.kind === 'part' ? t('map.part') : mark.detail === '' ? t('map.noNumber') : mark.detail, !isPlaced(mark) && t('map.nowhere')].filter(Boolean).join(' · ')}</div>
                    </>
                  ),
                },
                { key: 'state', title: t('map.state'), card: 'mark', width: 128, render: (mark) => <Standing mark={mark} /> },
              ]}
            />
          )}
        </section>
      </div>
      <Drawer open={opened !== undefined} size={DRAWER_PX} title={opened !== undefined && nameOf(opened)} onClose={() => setOpen(null)}>
        {opened !== undefined && (
          <MarkDetail
            mark={opened}
            all={all}
            onOpen={(mark) => setOpen(mark.key)}
            onShow={view === null ? null : (mark) => {
              setChosen(mark.datum)
              if (isPlaced(mark)) setShow({ mark })
              setOpen(null)
            }}
          />
        )}
      </Drawer>
    </>
  )
}

function Legend(props: { parts: boolean }) {
  const { t } = useTranslation()
  return (
    <details className="map-legend">
      <summary>{t('map.legend')}</summary>
      <ul>
        {STATES.map((state) => <li key={state}><StateMark standing={standingOf(state)}>{t(`markState.${state}`)}</StateMark></li>)}
        {props.parts && <li>{t('map.shields')}</li>}
        {props.parts && COVERED.map((state) => <li key={state}><StateMark standing={standingOf(state)}>{t(`markState.${state}`)}</StateMark></li>)}
        <li>{t('map.cluster')}</li>
        <li>{t('map.sector')}</li>
      </ul>
    </details>
  )
}
