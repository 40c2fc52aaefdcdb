/** Words and details of one mark. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'

import { getReadPlaceQueryOptions } from '../api/generated'
import { useSession } from '../frame/context'
import { Answered, ArticleChip, StateMark } from '../frame/parts'
import { serves } from '../frame/roles'
import { FloorPlan } from './floor'
import { isPlaced, standingOf, type Mark } from './marks'

const DIGITS = 6 // a decimetre

/** A camera of another unit has no name here: it is called by its place. */
export function useNames(marks: readonly Mark[]): (mark: Mark) => string {
  const { t } = useTranslation()
  const places = new Map(marks.filter((mark) => mark.kind === 'place').map((mark) => [mark.id, mark.name]))
  return (mark) => (mark.name !== '' ? mark.name : t('map.cameraOf', { place: places.get(mark.place) ?? t('map.place') }))
}

export function MarkState(props: { mark: Mark }) {
  const { t, i18n } = useTranslation()
  const { mark } = props
  if (mark.state === null) return <span className="nowrap">{i18n.language === 'zh-CN' ? mark.kind_name : mark.kind_name_en}</span>
  return <StateMark standing={standingOf(mark.state)}>{t(`markState.${mark.state}`)}</StateMark>
}

interface Props {
  mark: Mark
  all: readonly Mark[]
  onOpen: (mark: Mark) => void
  onShow: ((mark: Mark) => void) | null
}

export function MarkDetail(props: Props) {
  const { t } = useTranslation()
  const session = useSession()
  const { mark, onShow } = props
  const nameOf = useNames(props.all)
  const place = mark.kind !== 'place' ? props.all.find((one) => one.kind === 'place' && one.id === mark.place) : undefined
  const cameras = mark.kind === 'place' ? props.all.filter((one) => one.kind === 'camera' && one.place === mark.id) : []
  const facts: [string, React.ReactNode][] = [
    [t(mark.kind === 'place' ? 'map.kind' : 'map.state'), <MarkState key="state" mark={mark} />],
    mark.kind === 'part'
      ? [t('map.kind'), <span key="part">{t('map.part')} <ArticleChip matter="install" /></span>]
      : [mark.kind === 'place' ? t('map.address') : t('map.number'), mark.detail === '' ? t('map.noNumber') : mark.detail],
    ...(place === undefined ? [] : ([[t('map.place'), <Button key="place" type="link" className="inline-link" onClick={() => props.onOpen(place)}>{place.name}</Button>]] as [string, React.ReactNode][])),
    [t('map.where'), isPlaced(mark) ? `${mark.lon.toFixed(DIGITS)}, ${mark.lat.toFixed(DIGITS)}` : t('map.nowhere')],
    [t('map.datum'), t(`datum.${mark.datum}`)],
    ...(mark.direction === null ? [] : ([[t('map.direction'), t('map.degrees', { n: mark.direction })]] as [string, string][])),
    ...(mark.angle === null ? [] : ([[t('map.field'), t('map.degrees', { n: mark.angle })]] as [string, string][])),
    ...(mark.range === null ? [] : ([[t('map.range'), t('map.metres', { n: mark.range })]] as [string, string][])),
  ]
  return (
    <>
      <Descriptions column={1} size="small" className="spaced" items={facts.map(([label, children], key) => ({ key, label, children }))} />
      <div className="row spaced">
        {mark.kind !== 'camera' && mark.place !== '' && <Link to="/places/$id" params={{ id: mark.place }}>{t('map.openPlace')}</Link>}
        {mark.system !== '' && serves(session, 'systems') && <Link to="/systems/$id" params={{ id: mark.system }}>{t('map.openSystem')}</Link>}
        {mark.kind === 'camera' && mark.own && <Link to="/cameras/$id" params={{ id: mark.id }}>{t('map.openCamera')}</Link>}
        {mark.kind === 'camera' && mark.own && serves(session, 'playback') && <Link to="/playback" search={{ cameras: mark.id }}>{t('map.playback')}</Link>}
        {onShow !== null && isPlaced(mark) && <Button onClick={() => onShow(mark)}>{t('map.show')}</Button>}
      </div>
      {mark.kind === 'part' && <p className="secondary">{t(mark.place === '' ? 'map.planned' : 'map.coverRule')}</p>}
      {mark.kind === 'camera' && !mark.own && <p className="secondary">{t('map.foreign')}</p>}
      {cameras.length > 0 && (
        <section>
          <h2>{t('map.cameras')}</h2>
          <ul className="plain">
            {cameras.map((one) => (
              <li key={one.key}>
                <Button type="link" className="inline-link" onClick={() => props.onOpen(one)}>{nameOf(one)}</Button>
                <span className="spring" />
                <MarkState mark={one} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {mark.floors > 0 && <Floors place={mark.id} />}
    </>
  )
}

function Floors(props: { place: string }) {
  const { t } = useTranslation()
  const answer = useQuery(getReadPlaceQueryOptions(props.place))
  return (
    <section>
      <h2>{t('map.floors')}</h2>
      <Answered answer={answer} rows={3}>
        {(place) => <>{place.floors.map((floor) => <FloorPlan key={floor.id} floor={floor} cameras={place.cameras.filter((camera) => camera.floor === floor.id)} />)}</>}
      </Answered>
    </section>
  )
}
